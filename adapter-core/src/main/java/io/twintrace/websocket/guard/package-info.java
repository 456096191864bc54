/**
 * The detector for sessions of other WebSocket engines. Start at {@link io.twintrace.websocket.guard.Guarded}, or with
 * the agent, which needs no change of the application: {@code docs/existing-applications.md}.
 */
package io.twintrace.websocket.guard;
