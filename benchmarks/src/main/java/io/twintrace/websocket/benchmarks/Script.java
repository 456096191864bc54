package io.twintrace.websocket.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** The script of a text. */
public enum Script {
    ASCII("the quick brown fox jumps over a lazy dog and writes two frames at once, {\"id\":17,\"user\":\"ann\"} ok"),
    GERMAN("die größte Überraschung war, dass zwei Threads gleichzeitig schreiben und der Fehler erst später auffällt"),
    CYRILLIC("два потока пишут одновременно, и ошибка видна только позже; это случается редко"),
    CJK_AND_EMOJI("並行書き込み の検出 は、 二つの スレッド が 😀🚀 同時に 送る ときに 起きる。 🎉");

    private final String sample;

    Script(String sample) {
        this.sample = sample;
    }

    /** Returns words in random order, which no branch predictor learns. The order is the same in each run. */
    byte[] text(int size) {
        String[] words = sample.split(" ", -1);
        Random random = new Random(size);
        StringBuilder text = new StringBuilder();
        while (text.length() < size) {
            text.append(words[random.nextInt(words.length)]).append(' ');
        }
        byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
        int end = size;
        while ((utf8[end] & 0xC0) == 0x80) {
            end--;
        }
        byte[] exact = new byte[size];
        Arrays.fill(exact, (byte) '.');
        System.arraycopy(utf8, 0, exact, 0, end);
        return exact;
    }
}
