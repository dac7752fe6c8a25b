/* The extension module hello_cpp._native, on the full C API. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <exception>
#include <new>

#include "words.hpp"

namespace {

PyObject *greet(PyObject *, PyObject *args)
{
    PyObject *name;
    if (!PyArg_ParseTuple(args, "U:greet", &name))
        return nullptr;
    return PyUnicode_FromFormat("Hello, %U!", name);
}

PyObject *dict_of(const std::map<std::string, long> &counts)
{
    PyObject *dict = PyDict_New();
    if (dict == nullptr)
        return nullptr;
    for (const auto &[word, count] : counts) {
        PyObject *key = PyUnicode_FromStringAndSize(word.data(), static_cast<Py_ssize_t>(word.size()));
        PyObject *value = PyLong_FromLong(count);
        const bool is_set = key != nullptr && value != nullptr && PyDict_SetItem(dict, key, value) == 0;
        Py_XDECREF(key);
        Py_XDECREF(value);
        if (!is_set) {
            Py_DECREF(dict);
            return nullptr;
        }
    }
    return dict;
}

PyObject *count_words(PyObject *, PyObject *args)
{
    const char *text;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "s#:count_words", &text, &length))
        return nullptr;
    /* No C++ exception may reach the interpreter. */
    try {
        return dict_of(::count_words(std::string_view(text, static_cast<size_t>(length))));
    } catch (const std::bad_alloc &) {
        return PyErr_NoMemory();
    } catch (const std::exception &error) {
        PyErr_SetString(PyExc_ValueError, error.what());
        return nullptr;
    }
}

PyObject *built_for(PyObject *, PyObject *)
{
    return Py_BuildValue("(ii)", PY_MAJOR_VERSION, PY_MINOR_VERSION);
}

PyMethodDef methods[] = {
    {"greet", greet, METH_VARARGS, "Greet a person by name."},
    {"count_words", count_words, METH_VARARGS, "Count each word of a text."},
    {"built_for", built_for, METH_NOARGS, "The Python of the headers."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef_Slot slots[] = {
#ifdef Py_mod_gil /* Python 3.12 and earlier do not know the slot. */
    /* Threads may run the functions at the same time: they share no data that changes. */
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "_native",
    "The part of hello_cpp that is written in C++.",
    0,
    methods,
    slots,
    nullptr,
    nullptr,
    nullptr,
};

} // namespace

/* Python calls this when the module is first imported; its name must end in the module's. */
PyMODINIT_FUNC PyInit__native()
{
    return PyModuleDef_Init(&definition);
}
