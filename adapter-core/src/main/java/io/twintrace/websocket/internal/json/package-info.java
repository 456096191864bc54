/** The JSON codec behind readJson and writeJson. Uses Gson, which the application adds if it needs them. */
package io.twintrace.websocket.internal.json;
