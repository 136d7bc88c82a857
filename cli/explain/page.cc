#include "cli/explain/page.h"

#include <string_view>

// The files of the folder page/, as they are; the assembler reads them.
#define LMZ_PAGE_FILE(function, file)                                                  \
  asm("  .section .rodata\n"                                                           \
      "lmz_page_" #function                                                            \
      ":\n"                                                                            \
      "  .incbin \"" LMZ_PAGE_FOLDER "/" file                                          \
      "\"\n"                                                                           \
      "lmz_page_" #function                                                            \
      "_end:\n"                                                                        \
      "  .byte 0\n"                                                                    \
      "  .previous\n");                                                                \
  extern const char function##_begin[] asm("lmz_page_" #function)                      \
      __attribute__((visibility("hidden")));                                           \
  extern const char function##_end[] asm("lmz_page_" #function "_end")                 \
      __attribute__((visibility("hidden")));                                           \
  static std::string_view function() {                                                 \
    return {function##_begin, static_cast<size_t>(function##_end - function##_begin)}; \
  }

namespace lmz::cli {

// Outside of any unnamed namespace: the assembler defines what they declare.
LMZ_PAGE_FILE(PageHtml, "page.html")
LMZ_PAGE_FILE(PageCss, "page.css")
LMZ_PAGE_FILE(DataScript, "data.js")
LMZ_PAGE_FILE(SumsScript, "sums.js")
LMZ_PAGE_FILE(BytesScript, "bytes_view.js")
LMZ_PAGE_FILE(FlatScript, "flat_view.js")
LMZ_PAGE_FILE(PageScript, "page.js")

std::string PageOf(const std::string& json) {
  std::string page;
  page.reserve(json.size() + (size_t{1} << 17));
  // Each mark of the page stands for what is put there.
  std::string_view rest = PageHtml();
  for (size_t mark; (mark = rest.find("{{")) != std::string_view::npos;) {
    const size_t end = rest.find("}}", mark);
    const std::string_view name = rest.substr(mark + 2, end - mark - 2);
    page += rest.substr(0, mark);
    rest = rest.substr(end + 2);
    if (name == "style") page += PageCss();
    if (name == "data") page += json;
    if (name != "script") continue;
    for (const std::string_view script :
         {DataScript(), SumsScript(), BytesScript(), FlatScript(), PageScript()}) {
      page += script;
    }
  }
  page += rest;
  return page;
}

}  // namespace lmz::cli
