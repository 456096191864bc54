package com.example;

import io.twintrace.websocket.servlet.UpgradeServlet;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class BusyServlet {
    @Bean
    ServletRegistrationBean<UpgradeServlet> busy() {
        return new ServletRegistrationBean<>(new UpgradeServlet(ProbeController::goOn), "/busy-servlet");
    }
}
