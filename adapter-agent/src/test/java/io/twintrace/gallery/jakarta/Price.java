package io.twintrace.gallery.jakarta;

import jakarta.websocket.Encoder;

/** An object that is sent as text. */
record Price(String symbol, int cents) {

    /** Its encoder, which each container creates by itself. */
    public static final class AsText implements Encoder.Text<Price> {
        @Override
        public String encode(Price price) {
            return price.symbol() + ' ' + price.cents();
        }
    }
}
