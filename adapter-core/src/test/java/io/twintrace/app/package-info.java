/** Code of an application, outside of the library's packages, which reports have to name. */
package io.twintrace.app;
