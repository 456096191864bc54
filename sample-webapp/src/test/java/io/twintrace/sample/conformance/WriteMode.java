package io.twintrace.sample.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * How the frames of one stage get into the socket. It must make no difference to the server.
 *
 * @param chop bytes for each write; {@link #WHOLE} or {@link #FRAMES} otherwise
 */
record WriteMode(int chop) {
    private static final int WHOLE = 0;
    private static final int FRAMES = -1;
    private static final String CHOPS = "chops of ";

    static WriteMode parse(String text) {
        if (text.startsWith(CHOPS)) {
            return new WriteMode(Integer.parseInt(text.substring(CHOPS.length())));
        }
        return new WriteMode(
                switch (text) {
                    case "whole" -> WHOLE;
                    case "frames" -> FRAMES;
                    default -> throw new IllegalArgumentException("no way to write: " + text);
                });
    }

    void write(List<byte[]> frames, Peer peer) throws IOException {
        if (chop == FRAMES) {
            for (byte[] frame : frames) {
                peer.write(frame, 0, frame.length);
            }
            return;
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        frames.forEach(joined::writeBytes);
        byte[] all = joined.toByteArray();
        int most = chop == WHOLE ? Math.max(1, all.length) : chop;
        for (int from = 0; from < all.length; from += most) {
            peer.write(all, from, Math.min(most, all.length - from));
        }
    }

    @Override
    public String toString() {
        return chop == WHOLE ? "whole" : chop == FRAMES ? "frames" : CHOPS + chop;
    }
}
