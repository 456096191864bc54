package io.twintrace.gallery.jakarta;

import jakarta.websocket.Encoder;
import jakarta.websocket.EndpointConfig;

/** An object that is sent as text. */
record Price(String symbol, int cents) {

    /** Its encoder, which each container creates by itself. */
    public static final class AsText implements Encoder.Text<Price> {
        @Override
        public String encode(Price price) {
            return price.symbol() + ' ' + price.cents();
        }

        // Their defaults are younger than javax.websocket.

        @Override
        public void init(EndpointConfig config) {}

        @Override
        public void destroy() {}
    }
}
