/* The extension module hello_c._native, on the full C API: `mean` reads tuples and
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
    PyObject *list, *values;
    Mean state = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "O!:mean", &PyList_Type, &list))
        return NULL;
    /* A tuple cannot change: neither another thread nor a value's __float__ takes values away. */
    values = PyList_AsTuple(list);
    if (values == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values); i++) {
        PyObject *value = PyTuple_GET_ITEM(values, i);
        double number;
        if (PyFloat_CheckExact(value))
            number = PyFloat_AS_DOUBLE(value);
        else
            number = PyFloat_AsDouble(value);
        if (number == -1.0 && PyErr_Occurred()) {
            Py_DECREF(values);
            return NULL;
        }
        mean_add(&state, number);
    }
    Py_DECREF(values);
    if (state.count == 0) {
        PyErr_SetString(PyExc_ValueError, "mean of an empty list");
        return NULL;
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

static PyModuleDef_Slot slots[] = {
#ifdef Py_mod_gil /* Python 3.12 and earlier do not know the slot. */
    /* Threads may run the functions at the same time: they share no data that changes. */
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_native",
    .m_doc = "The part of hello_c that is written in C.",
    .m_methods = methods,
    .m_slots = slots,
};

/* Python calls this when the module is first imported; its name must end in the module's. */
PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
