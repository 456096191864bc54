/** Code of an application, outside the library's packages. Reports must name it. */
package io.twintrace.app;
