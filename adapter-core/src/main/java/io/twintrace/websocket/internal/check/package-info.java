/** Checks of what an application passes. */
package io.twintrace.websocket.internal.check;
