/** The JSON codec behind readJson and writeJson: Gson, which an application adds if it uses them. */
package io.twintrace.websocket.internal.json;
