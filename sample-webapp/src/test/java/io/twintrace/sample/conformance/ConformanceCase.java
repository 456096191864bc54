package io.twintrace.sample.conformance;

/**
 * A row of the table.
 *
 * @param number as in the public suite: {@code 6.4.1}
 * @param write how the bytes get into the socket
 * @param sent the client's output, stage by stage
 * @param expected the server's answers, stage by stage; then the server ends the connection
 */
record ConformanceCase(String number, String description, WriteMode write, Script sent, Script expected) {
    /** The first part of the number. */
    int group() {
        return Integer.parseInt(number.substring(0, number.indexOf('.')));
    }

    boolean isCompressed() {
        return group() >= 12;
    }

    /** Whether it has large messages, or many. */
    boolean isLong() {
        return group() == 9 || isCompressed();
    }

    @Override
    public String toString() {
        return number + " " + description;
    }
}
