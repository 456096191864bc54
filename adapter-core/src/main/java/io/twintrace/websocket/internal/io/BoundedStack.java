package io.twintrace.websocket.internal.io;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded stack of unused objects. The last in is the first out: a cache most likely still holds it. Any thread may
 * call these methods.
 */
public final class BoundedStack<T> {
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final T[] objects;
    private int count;

    @SuppressWarnings("unchecked") // nothing but T is put in
    public BoundedStack(int max) {
        this.objects = (T[]) new Object[max];
    }

    /** Returns null if the stack is empty. */
    public T poll() {
        lock.lock();
        try {
            if (count == 0) {
                return null;
            }
            T object = objects[--count];
            objects[count] = null;
            return object;
        } finally {
            lock.unlock();
        }
    }

    /** Returns false if the stack is full, and has no place for the object. */
    public boolean push(T object) {
        lock.lock();
        try {
            if (count == objects.length) {
                return false;
            }
            objects[count++] = object;
            return true;
        } finally {
            lock.unlock();
        }
    }

    public int size() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }
}
