#ifndef SERVICES_RISK_REPORT_HTML_H_
#define SERVICES_RISK_REPORT_HTML_H_

#include <string>
#include <string_view>

namespace mtsuite::risk {

// `text` as it may stand between tags and in quoted attributes of HTML and SVG.
std::string EscapeHtml(std::string_view text);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_REPORT_HTML_H_
