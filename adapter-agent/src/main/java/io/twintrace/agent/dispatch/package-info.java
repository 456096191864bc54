/** Becomes {@code java.lang} when the agent's jar is made: see {@link io.twintrace.agent.dispatch.TwintraceDispatch}. */
package io.twintrace.agent.dispatch;
