/**
 * A Java agent that puts the detector around the write methods of other WebSocket engines:
 * {@code docs/existing-applications.md}. {@link io.twintrace.agent.TwintraceAgent} loads everything by a class loader of
 * its own, but for the dispatch, which becomes a class of the Java platform.
 */
package io.twintrace.agent;
