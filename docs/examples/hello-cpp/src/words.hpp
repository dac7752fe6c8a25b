#pragma once

#include <map>
#include <string>
#include <string_view>

/* Counts each word of a text. Words are separated by white space; std::invalid_argument if there is none. */
std::map<std::string, long> count_words(std::string_view text);
