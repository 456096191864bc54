package io.twintrace.gallery.jakarta;

/** What the applications send. */
final class Shares {
    static final String PRICE = "ACME 42.17";

    /** No engine gets rid of it in one write. */
    static final String LONG_PRICE = PRICE.repeat(50_000);

    static final String NEWS = "ACME buys Ajax";

    private Shares() {}
}
