package io.twintrace.websocket.internal.json;

/** Creates the exception for a text that is not the expected JSON. */
@FunctionalInterface
public interface JsonRefusal<X extends Exception> {
    /**
     * Creates the exception.
     *
     * @param what the fault, without any part of the text
     * @param line counted from 1
     * @param column counted from 1
     * @param cause the exception of an application's constructor, or null
     */
    X of(String what, int line, int column, Throwable cause);
}
