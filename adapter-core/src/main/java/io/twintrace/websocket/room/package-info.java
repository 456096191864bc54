/**
 * One to many: rooms whose members get each message, on one node or on several. A {@link Room} encodes and compresses a
 * message once, and never waits for a slow member. A {@link Backplane} joins the rooms of the same name on all nodes.
 */
package io.twintrace.websocket.room;
