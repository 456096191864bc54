package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.write.EncodedMessage;
import io.twintrace.websocket.internal.write.GuardedWriter;
import java.io.IOException;

/** A message that a newer one with the same key replaces while it waits. Guarded by the outbox's lock while it waits. */
final class ReplaceableMessage implements OfferedMessage {
    private final Object key;
    private OfferedMessage content;

    ReplaceableMessage(Object key, OfferedMessage content) {
        this.key = key;
        this.content = content;
    }

    Object key() {
        return key;
    }

    void take(ReplaceableMessage newer) {
        content = newer.content;
    }

    @Override
    public int length() {
        return content.length();
    }

    @Override
    public void write(GuardedWriter writing) throws IOException {
        content.write(writing);
    }

    @Override
    public EncodedMessage encoded() {
        return content.encoded();
    }
}
