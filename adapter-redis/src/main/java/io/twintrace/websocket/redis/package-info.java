/**
 * Rooms on several nodes, over Redis Streams: {@link RedisBackplane}. Applications use it as the backplane of their
 * rooms, and nothing else of this package.
 */
package io.twintrace.websocket.redis;
