/** Converts JSON messages, with the application's codec or with Gson, which it then has to add. */
package io.twintrace.websocket.internal.json;
