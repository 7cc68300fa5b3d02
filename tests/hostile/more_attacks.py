"""A second set of attacks, of classes that the first table lacks; what an entry says is told in `attacks.py`.

Whoever wrote them had the source of the grader: they go for the driver, the codec, numpy's memory, and what outlives a call.
"""

from attacks import ATTACKS, FRAME, LIAR, OWN, group

__all__ = ["ATTACKS"]


group(
    "the kernel's newer doors",
    ("a ring by its older descriptor", "raised", "check(libc.syscall(426, 3, 1, 1, 1, None, 0))"),
    ("a ring registered before it is set up", "raised", "check(libc.syscall(427, -1, 31, None, 0))\nif ctypes.get_errno() == 1: raise OSError"),
    ("page faults by their device", "raised", "os.open('/dev/userfaultfd', os.O_RDWR)"),
    ("a key ring of its own", "killed", "check(libc.syscall((250, 219)[ARM], 1, None))"),
    ("a key that another left", "killed", "check(libc.syscall((249, 218)[ARM], b'user', b'grader', None, -3))"),
    ("memory that nobody else may see", "raised", "check(libc.syscall(447, 0))"),
    ("a process of real time", "raised", "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"),
)

group(
    "siblings, and what processes share",
    ("environment of each process", "raised", "[open(f'/proc/{n}/environ').read() for n in range(1, 9)]"),
    ("processes listed", "raised", "os.listdir('/proc')[0]"),
    ("what is cached of a file", "raised", "r = (ctypes.c_uint64 * 2)(0, 1 << 20)\ncheck(libc.syscall(451, os.open(np.__file__, os.O_RDONLY), r, (ctypes.c_uint64 * 5)(), 0))"),
    ("a private map of numpy written to", "wrong", "import mmap\nm = mmap.mmap(os.open(np.__file__, os.O_RDONLY), 10, flags=mmap.MAP_PRIVATE, prot=3)\nm[:5] = b'1/0  '\nreturn x"),
    ("a record lock of an open file", "raised", "import fcntl\nfcntl.fcntl(os.open(np.__file__, os.O_RDONLY), 37, bytes(32))"),
)

group(
    "forks and threads that outlive their call",
    ("a child that is refused a call ends well", "raised", "pid = os.fork()\nif pid == 0: return x\nif os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]): raise OSError"),
    ("a child that answers when its parent has ended", "killed|wrong", FRAME + "if os.fork() == 0:\n    time.sleep(.05)\n    os.write(out, frame)\n    os._exit(0)\nos._exit(0)", OWN),
    ("a spawned shell that answers", "killed|wrong|raised", FRAME + "open('f', 'wb').write(frame)\nos.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', f'cat f >&{out}'], {}), 0)\nreturn x", OWN),
    ("a file sent as an answer", "killed|wrong|raised", FRAME + "open('f', 'wb').write(frame)\nos.sendfile(out, os.open('f', os.O_RDONLY), 0, len(frame))\nreturn x", OWN),
    ("a thread that interrupts the harness", "wrong|killed|raised", "import threading, _thread\nsignal.signal(signal.SIGINT, signal.default_int_handler)\ndef stop():\n    for _ in range(40): time.sleep(.0003); _thread.interrupt_main()\nthreading.Thread(target=stop, daemon=True).start()\nreturn x", OWN),
    ("a thread that spoils what was returned", "wrong", "import threading\ny = x * 0\ndef spoil():\n    while True: y[:] = x + 7\nthreading.Thread(target=spoil, daemon=True).start()\ntime.sleep(.01)\nreturn y", OWN),
    ("a watchdog that ends the process later", "wrong|killed", "import faulthandler\nfaulthandler.dump_traceback_later(.001, exit=True)\nreturn x", OWN),
    ("what is to be done at the end", "wrong|killed", FRAME + "import atexit, weakref\natexit.register(os.write, out, frame)\nclass D: pass\nbad.d = D()\nweakref.finalize(bad.d, os.write, out, frame)\nreturn x"),
    ("what is done at each collection", "killed|wrong", FRAME + "import gc\ngc.callbacks.append(lambda *a: os.write(out, frame))\ngc.collect()\nreturn x", OWN),
    ("a pool of processes as it is meant", "right", "r, w = os.pipe()\nif os.fork() == 0:\n    os.write(w, (x + 1).tobytes())\n    os._exit(0)\nos.wait()\nreturn np.frombuffer(os.read(r, 1000)).reshape(x.shape)"),
)

group(
    "numpy's own memory",
    ("writes beyond an array", "wrong|killed|raised|timed out", "np.lib.stride_tricks.as_strided(x, (1 << 9,), (8,))[:] = 7\nreturn x", OWN),
    ("a stray pointer that is described only", "killed|wrong", "class T: __array_interface__ = {'shape': (3, 4), 'typestr': '<f8', 'data': (0x1000, False), 'version': 3}\nreturn np.asarray(T())"),
    ("a structure that is none", "wrong|raised", "class T: __array_struct__ = 5\nreturn [T(), np.asarray(T())]"),
    ("an array that was given back", "wrong|killed", "y = np.zeros(1 << 20)\nv = y[:]\ny.resize(1, refcheck=False)\nreturn v[:12].reshape(3, 4)"),
    ("a length written by ctypes", "wrong|killed", "y = [1.0] * 4\nctypes.c_ssize_t.from_address(id(y) + 16).value = 1 << 40\nreturn y", OWN),
    ("a shape written by ctypes", "wrong|killed", "y = np.zeros((3, 4))\nat = ctypes.c_void_p.from_address(id(y) + 32).value\nctypes.c_ssize_t.from_address(at).value = 1 << 20\nreturn y"),
    ("a tuple that holds itself", "wrong", "t = (1, 2)\nctypes.pythonapi.Py_IncRef(ctypes.py_object(t))\nctypes.c_void_p.from_address(id(t) + 24).value = id(t)\nreturn t", OWN),
    ("the number two made one", "wrong|killed|raised|timed out", "ctypes.memset(id(2) + 24, 1, 1)\nreturn x", OWN),
    ("bytes of the questions changed", "wrong", "import gc\nfor f in sys._current_frames().values():\n    while f:\n        for v in f.f_locals.values():\n            if type(v).__name__ == 'Ask':\n                for a in v.inputs.values(): ctypes.memset(a.ctypes.data, 0, a.nbytes)\n        f = f.f_back\nreturn x"),
    ("no bytes and a long axis", "wrong", "return [np.zeros((0, 1 << 30, 3)), np.zeros((0,) * 33)]"),
)

group(
    "kinds of arrays that answer for themselves",
    ("__array_function__ that says yes", "wrong", LIAR + "    def __array_function__(s, f, t, a, k): return True\nreturn x.view(Liar)"),
    ("__array_ufunc__ that gives what is wanted", "wrong", LIAR + "    def __array_ufunc__(s, u, m, *a, **k): return np.ones((3, 4), bool)\nreturn x.view(Liar)"),
    ("a shape that is another at each look", "wrong", LIAR + "    shape = property(lambda s: (3, 4) if np.random.rand() < .5 else (10**9, 10**9))\nreturn np.zeros(2).view(Liar)"),
    ("a dtype that lies", "wrong|raised", LIAR + "    dtype = property(lambda s: np.dtype(object))\n    nbytes = property(lambda s: -1)\nreturn x.view(Liar)"),
    ("a view that is never made", "wrong", LIAR + "    def view(s, *a): raise SystemExit\n    tobytes = astype = copy = __array__ = view\nreturn x.view(Liar)"),
    ("__array_finalize__ that ends the process", "killed|wrong", LIAR + "    def __array_finalize__(s, o):\n        if type(o) is Liar: os._exit(0)\nreturn x.view(Liar)"),
    ("a float64 that converts itself", "wrong", "class F(np.float64):\n    def __array__(s, *a, **k): return x + 7\n    __float__ = lambda s: 7.0\nreturn F(3)"),
    ("a complex number that converts itself", "wrong", "class C(complex):\n    def __array__(s, *a, **k): return x + 7\n    __complex__ = lambda s: 1 / 0\nreturn C(3)"),
    ("fields, texts and spans of time", "wrong", "return [np.zeros(3, 'f8,i4'), np.zeros(3, 'U9'), np.zeros(3, 'm8[s]'), np.zeros(3, 'V8'), np.zeros(3, 'S3')]"),
    ("nan with a message in it", "wrong", "return np.full((3, 4), 0x7ff8dead_beefcafe, np.uint64).view(float)"),
    ("keys that are another at each look", "wrong", "class K(np.int64):\n    def item(s): return object() if np.random.rand() < .5 else 'y'\nreturn {K(1): x, K(2): x}"),
    ("a dict that changes while it is read", "wrong|raised", "class V(list):\n    def __iter__(s): raise SystemExit\nclass D(dict):\n    def items(s): yield from [('y', x + 1)]\n    __len__ = lambda s: 10**9\nreturn D(a=V([1]))"),
    ("dicts in tuples in lists, a thousand deep", "wrong", "c = 0\nfor _ in range(1000): c = {1: ([c], c)}\nreturn c"),
    ("texts that are halves of letters", "wrong", "return {'\\ud800': '\\udfff' * 9, '\\ud801': '\\0', '': '\\x1b[2J\\u202e'}"),
)

group(
    "drivers and what they stand on",
    ("another driver for what comes", "wrong", "f = sys._getframe(1)\nwhile f.f_code.co_filename != '<questions>': f = f.f_back\ndef good_(student, x): yield 'good', {'y': x * 0 + 7}\nf.f_globals['good'] = good_\nreturn x", OWN),
    ("its driver closed from a thread", "wrong|killed|raised", "import gc, inspect, threading\ng = [o for o in gc.get_objects() if inspect.isgenerator(o)]\ndef close():\n    for _ in range(50):\n        time.sleep(.0002)\n        for o in g:\n            try: o.close()\n            except Exception: pass\nthreading.Thread(target=close, daemon=True).start()\nreturn x", OWN),
    ("its driver driven from a thread", "wrong|killed|raised", "import gc, inspect, threading\ng = [o for o in gc.get_objects() if inspect.isgenerator(o)]\ndef drive():\n    for _ in range(50):\n        time.sleep(.0002)\n        for o in g:\n            try: next(o)\n            except Exception: pass\nthreading.Thread(target=drive, daemon=True).start()\nreturn x", OWN),
    ("a student who is somebody else", "wrong", "import grader.harness.graded as g\ng.Student.__getattr__ = lambda s, n: lambda x: x * 0\nreturn x", OWN),
    ("names that it swaps between stages", "wrong", "global good\ngood = bad\nsys.modules['__main__'].good = lambda x: x * 0\nreturn x", OWN),
    ("number and length of what it returned", "wrong|killed", "import grader.harness.graded as g\ng._length = lambda v: 1 << 70\ng.name_type = lambda v: 'tuple' * 99\nreturn x", OWN),
    ("json replaced", "wrong|killed", "import grader.wire.codec as c\nclass J:\n    encode = staticmethod(lambda v: b'[[\"Done\",2],[]]')\nc.msgspec = type('M', (), {'json': J})\nreturn x", OWN),
    ("the prefix of frames replaced", "killed|timed out", "import grader.wire.codec as c\nclass P:\n    size = 12\n    pack = staticmethod(lambda *a: b'GRD2' + bytes(7) + b'\\xff')\n    unpack_from = staticmethod(lambda *a: (b'GRD2', 0, 0))\nc._PREFIX = P\nreturn x", OWN),
    ("builtins that agree to all", "wrong|killed|raised", "import builtins\nbuiltins.isinstance = builtins.issubclass = builtins.callable = lambda *a: True\nbuiltins.len = lambda v: 1\nreturn x", OWN),
    ("what numpy is asked before each question", "wrong", "np.errstate = np.random.seed = lambda *a: 1 / 0\nreturn x", OWN),
    ("a comparison that is always near", "wrong", "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True\nreturn x"),
    ("a warning whose text ends the process", "killed|wrong", "import warnings\nclass W(UserWarning):\n    def __str__(s): os._exit(0)\nwarnings.warn(W())\nreturn x", OWN),
    ("hooks of errors that answer", "killed|wrong|raised", FRAME + "sys.excepthook = sys.unraisablehook = lambda *a: os.write(out, frame)\nclass D:\n    def __del__(s): raise ValueError\nD()\nreturn x", OWN),
    ("a recursion limit of a few calls", "raised|killed|wrong", "f, n = sys._getframe(), 0\nwhile f: f, n = f.f_back, n + 1\nsys.setrecursionlimit(n + 4)\nreturn x", OWN),
)

group(
    "floods of other kinds",
    ("address space without memory", "raised", "libc.mmap.restype = ctypes.c_void_p\nif libc.mmap(None, ctypes.c_size_t(1 << 45), 3, 0x4022, -1, ctypes.c_long(0)) == (1 << 64) - 1: raise OSError"),
    ("a file reserved beyond the limit", "raised", "os.posix_fallocate(os.open('f', os.O_RDWR | os.O_CREAT), 0, 1 << 40)"),
    ("marks on its files", "raised", "f = os.open('f', os.O_RDWR | os.O_CREAT)\nfor n in range(100000): os.setxattr(f, f'user.{n}', bytes(60000))"),
    ("names of one file", "raised|killed", "open('f', 'w').close()\nfor n in range(100000): os.link('f', 'y' * 200 + str(n))"),
    ("files that are removed while they are open", "raised|killed", "keep = []\nwhile True:\n    keep.append(open('f', 'wb'))\n    os.unlink('f')\n    keep[-1].write(bytes(1 << 21)); keep[-1].flush()"),
    ("pairs of sockets full of bytes", "raised", "keep = []\nwhile True:\n    keep.append(socket.socketpair())\n    keep[-1][0].setblocking(False)\n    try: keep[-1][0].send(bytes(1 << 20))\n    except BlockingIOError: pass"),
    ("long names of classes and errors", "raised", "raise type('E' * 10**6, (Exception,), {})('x' * 10**7)"),
    ("deep calls in a thread", "killed", "import threading\nsys.setrecursionlimit(10**9)\nclass R:\n    def __repr__(self): return repr(self)\nt = threading.Thread(target=lambda: repr(R()))\nt.start(); t.join()"),
)

NUMPY = "f = os.open(np.__file__, os.O_RDONLY)\n"
MAPPED = NUMPY + "import mmap\nm = mmap.mmap(f, 4096, flags=mmap.MAP_PRIVATE, prot=3)\n"
group(
    "calls that no exercise needs",
    ("pages of a file put out of memory", "raised", NUMPY + "os.posix_fadvise(f, 0, 0, os.POSIX_FADV_DONTNEED)"),
    ("pages of a file read ahead", "raised", NUMPY + "check(libc.readahead(f, ctypes.c_long(0), ctypes.c_size_t(4096)))"),
    ("a read with flags, one of which tells what is in memory", "raised", NUMPY + "os.preadv(f, [bytearray(8)], 0, os.RWF_HIPRI)"),
    *((f"advice {name} on a map", "raised", MAPPED + f"m.madvise({number})") for name, number in (("to read ahead", 3), ("cold", 20), ("page out", 21))),
    ("which pages of a map are in memory", "raised", MAPPED + "check(libc.mincore(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(m))), ctypes.c_size_t(4096), ctypes.create_string_buffer(9)))"),
    ("a pipe made larger, of which a user has so much", "raised", "import fcntl\nfcntl.fcntl(os.pipe()[1], 1031, 1 << 17)"),
    ("what all others have left of the memory", "raised", "check(libc.sysinfo(ctypes.create_string_buffer(200)))"),
    ("all processors made to wait", "raised", "check(libc.syscall((324, 283)[ARM], 1, 0, 0))"),
    ("a process held by a descriptor", "raised", "os.pidfd_open(os.getpid())"),
    ("the time of a process that is named", "raised", "time.clock_gettime(~os.getpid() << 3 | 2)"),
    ("a timer on the time of a process", "raised", "check(libc.clock_nanosleep(~os.getpid() << 3 | 2, 0, (ctypes.c_long * 2)(0, 1), None) and -1)"),
    *((f"word left in the time of /dev/{name}", "raised", f"os.utime('/dev/{name}')") for name in ("null", "random", "urandom")),
    ("any file of Python or numpy opened to write", "raised", "for top in (np.__file__, os.__file__):\n    for file in os.scandir(os.path.dirname(top)):\n        try: os.open(file.path, os.O_WRONLY)\n        except OSError: continue\n        return x * 0 + 666\nraise OSError"),
    ("another's session", "raised", "os.getsid(GRADER)"),
    ("walls of its own", "raised", "check(libc.syscall((317, 277)[ARM], 3, 0, ctypes.create_string_buffer(9)))"),
    ("made open to others of its user", "raised", "check(libc.prctl(4, 1, 0, 0, 0))"),
    ("a named pipe", "raised", "os.mkfifo('p')"),
    ("descriptors that are counters and clocks", "raised", "check(libc.timerfd_create(1, 0))\nos.eventfd(0)"),
)

PYTHON = "import subprocess\npython = [sys.executable, '-ISc']\n"
group(
    "honest work that calls the kernel",
    ("threads that wait for each other", "right", "import threading, concurrent.futures as c\nlock, done = threading.Condition(), threading.Event()\nwith c.ThreadPoolExecutor(3) as pool: list(pool.map(abs, range(20)))\nt = threading.Thread(target=done.wait, args=(.01,))\nt.start(); t.join()\nwith lock: lock.wait(.001)\nreturn x + 1"),
    ("large arrays and BLAS", "right", "a = np.ones((300, 300))\nnp.linalg.svd(a @ a); np.fft.fft(a)\nb = np.ones(4_000_000); b *= 2\nreturn x + 1"),
    ("another program, and its words", "right", PYTHON + "p = subprocess.run([*python, 'print(input())'], input=b'hi', capture_output=True, start_new_session=True, cwd='.')\nassert p.stdout == b'hi\\n' and not os.spawnv(os.P_WAIT, python[0], [*python, ''])\nreturn x + 1"),
    ("files of its own", "right", "import tempfile, shutil\nwith tempfile.TemporaryDirectory() as d, tempfile.TemporaryFile() as t:\n    os.chdir(d)\n    np.save('a', x); m = np.memmap('m', float, 'w+', shape=(3, 4)); m[:] = np.load('a.npy'); m.flush()\n    shutil.copyfile('m', 'n'); os.replace('n', 'o'); os.mkdir('d'); os.symlink('o', 's'); t.write(b'x'); t.truncate(9); os.fsync(t.fileno())\n    y = np.fromfile('s').reshape(3, 4) + (len(os.listdir()) - 4)\n    os.chdir('/')\nreturn y"),
    ("signals and timers of its own", "right", "signal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, .02)\nsignal.pause(); signal.raise_signal(signal.SIGALRM); signal.alarm(0)\nsignal.pthread_sigmask(0, [10]); os.kill(os.getpid(), 10); signal.sigwait([10])\nreturn x + 1"),
    ("events and tasks", "right", "import asyncio, select\nasync def wait(): await asyncio.gather(asyncio.sleep(.001), asyncio.to_thread(abs, 1))\nasyncio.run(wait())\nr, w = os.pipe()\nos.set_blocking(r, False)\nselect.select([r], [w], [], 0); select.poll().register(r)\nreturn x + 1"),
    ("figures of its own", "right", "import resource, platform, sqlite3, ssl\nresource.getrusage(0); resource.getrlimit(0); resource.setrlimit(4, (0, 0)); os.times(); os.cpu_count(); os.getgroups(); os.getpgid(0); platform.platform(); time.process_time(); time.thread_time(); time.sleep(.001)\nsqlite3.connect(':memory:').execute('create table t (a)'); ssl.RAND_bytes(8); np.random.default_rng()\nreturn x + 1"),
)
