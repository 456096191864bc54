/** How the WAR starts by itself: {@code java -jar sample-webapp.war}. No container looks at these classes. */
package io.twintrace.sample.launch;
