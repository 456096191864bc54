/** Starts the WAR on its own: {@code java -jar sample-webapp.war}. A container does not use these classes. */
package io.twintrace.sample.launch;
