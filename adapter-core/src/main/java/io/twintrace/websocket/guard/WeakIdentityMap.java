package io.twintrace.websocket.guard;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Values that stay as long as their keys are in use. Keys are compared by identity, since classes of others may define
 * equality as they like. A value must not refer to its key. Safe for use by any thread; allocates nothing for long by a
 * look-up.
 */
final class WeakIdentityMap<V> {
    private final ConcurrentMap<Object, V> values = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> unused = new ReferenceQueue<>();

    /** Returns null if there is none. */
    V get(Object key) {
        return values.get(new Lookup(key));
    }

    /** Returns the value that the key has then. */
    V computeIfAbsent(Object key, Supplier<V> value) {
        removeUnused();
        return values.computeIfAbsent(new Key(key, unused), added -> value.get());
    }

    private void removeUnused() {
        for (Reference<?> each; (each = unused.poll()) != null; ) {
            values.remove(each);
        }
    }

    private static final class Key extends WeakReference<Object> {
        private final int hash;

        Key(Object key, ReferenceQueue<Object> queue) {
            super(key, queue);
            this.hash = System.identityHashCode(key);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        /** A key that is gone equals only itself. */
        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            Object mine = get();
            return mine != null && other instanceof Key key && key.refersTo(mine);
        }
    }

    /** Does not survive the call, so that it costs no allocation once compiled. */
    private record Lookup(Object key) {
        @Override
        public int hashCode() {
            return System.identityHashCode(key);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key known && known.refersTo(key);
        }
    }
}
