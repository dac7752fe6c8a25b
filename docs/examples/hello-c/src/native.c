/* The extension module hello_c._native, on the full C API: `mean` reads lists and
   floats in place, so it must be compiled for each Python that is to run it. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "mean.h"

static PyObject *greet(PyObject *module, PyObject *args)
{
    PyObject *name;
    (void)module;
    if (!PyArg_ParseTuple(args, "U:greet", &name))
        return NULL;
    return PyUnicode_FromFormat("Hello, %U!", name);
}

static PyObject *mean(PyObject *module, PyObject *args)
{
    PyObject *values;
    Mean state = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "O!:mean", &PyList_Type, &values))
        return NULL;
    if (PyList_GET_SIZE(values) == 0) {
        PyErr_SetString(PyExc_ValueError, "mean of an empty list");
        return NULL;
    }
    /* Asks for the size each time: a value's __float__ may change the list. */
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values); i++) {
        PyObject *value = PyList_GET_ITEM(values, i);
        double number;
        if (PyFloat_CheckExact(value)) {
            number = PyFloat_AS_DOUBLE(value);
        } else {
            Py_INCREF(value);
            number = PyFloat_AsDouble(value);
            Py_DECREF(value);
            if (number == -1.0 && PyErr_Occurred())
                return NULL;
        }
        mean_add(&state, number);
    }
    return PyFloat_FromDouble(state.value);
}

static PyObject *built_for(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    return Py_BuildValue("(ii)", PY_MAJOR_VERSION, PY_MINOR_VERSION);
}

static PyMethodDef methods[] = {
    {"greet", greet, METH_VARARGS, "Greet a person by name."},
    {"mean", mean, METH_VARARGS, "The arithmetic mean of a list of numbers."},
    {"built_for", built_for, METH_NOARGS, "The Python of the headers."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_native",
    .m_doc = "The part of hello_c that is written in C.",
    .m_methods = methods,
};

/* Python calls this when the module is first imported; its name must end in the module's. */
PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
