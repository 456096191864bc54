package io.twintrace.gallery.jakarta;

/** What the applications send. */
final class Shares {
    static final String PRICE = "ACME 42.17";
    static final String NEWS = "ACME buys Ajax";

    private Shares() {}
}
