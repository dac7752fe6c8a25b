#include "mean.h"

void mean_add(Mean *mean, double number)
{
    mean->count += 1.0;
    mean->value += number / mean->count - mean->value / mean->count;
}
