/** The sample application: echo, broadcast, chat and the race. */
package io.twintrace.sample;
