#include "words.hpp"

#include <algorithm>
#include <stdexcept>

std::map<std::string, long> count_words(std::string_view text)
{
    constexpr std::string_view space = " \t\n\v\f\r";
    std::map<std::string, long> counts;
    for (auto start = text.find_first_not_of(space); start != text.npos;) {
        const auto end = std::min(text.find_first_of(space, start), text.size());
        ++counts[std::string(text.substr(start, end - start))];
        start = text.find_first_not_of(space, end);
    }
    if (counts.empty())
        throw std::invalid_argument("a text without words");
    return counts;
}
