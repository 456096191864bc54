package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A value whose serialisation takes as long as the test wants. */
@JsonAdapter(Slow.Adapter.class)
final class Slow {
    final transient CountDownLatch begun = new CountDownLatch(1);
    final transient CountDownLatch mayEnd = new CountDownLatch(1);

    static final class Adapter extends TypeAdapter<Slow> {
        @Override
        public void write(JsonWriter out, Slow value) throws IOException {
            value.begun.countDown();
            try {
                assertTrue(value.mayEnd.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            out.value(1);
        }

        @Override
        public Slow read(JsonReader in) {
            return null;
        }
    }
}
