/* A mean that is kept up to date value by value (Welford), so that a long list
   of large numbers does not overflow a sum. */
#ifndef HELLO_C_MEAN_H
#define HELLO_C_MEAN_H

typedef struct {
    double value;
    double count;
} Mean;

void mean_add(Mean *mean, double number);

#endif
