"""Attacks on the wall by code: named, with the outcome each must have.

What the self-test tries before each run (`sandbox/opening`), and most endings (`test_sandbox`), are not here.
An attack is the body of a function `bad(x)` whose right answer would be `x + 1`. Where the attempt succeeds, the body goes on
to its end and the function returns 666: a breach. `outcome` lists what may happen instead: raised, wrong, right (harmless),
timed out, killed, missing, not reached.

`top` is code at the top of the program. `alone`: the attack voids or breaks its own siblings (same process, same
student), so only the next submission must be whole.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    group: str
    name: str
    outcome: tuple
    body: str
    top: str = ""
    alone: bool = False


ATTACKS = []


def group(name, *entries):
    for title, outcome, body, *options in entries:
        ATTACKS.append(Attack(name, title, tuple(outcome.split("|")), body, **dict(*options)))


OWN = {"alone": True}
FRAME = """
from grader.wire.messages import Done, Load, Program, Stage, encode
frame = encode(Stage(2, "bad", {"y": x * 0 + 7})) + encode(Done(2))
out = next(fd for fd in range(3, 30) if writes(fd))
"""

group(
    "frames",
    ("a hundred frames", "killed|wrong", FRAME + "os.write(out, frame * 100)\nreturn x", OWN),
    ("a frame and a clean exit", "killed|wrong", FRAME + "os.write(out, frame)\nos._exit(0)", OWN),
    ("half a frame, then silence", "killed|timed out", FRAME + "os.write(out, frame[:20])\ntime.sleep(9)"),
    ("a message that is ours to send", "killed", FRAME + "os.write(out, encode(Load(Program(()), b'', ())))\ntime.sleep(9)"),
    ("a stage of another case", "killed", FRAME + "os.write(out, encode(Stage(3, 'good', {'y': x + 1})))\ntime.sleep(9)", OWN),
    ("a header of four gigabytes", "killed", FRAME + "os.write(out, b'GRD2\\xff\\xff\\xff\\xff\\0\\0\\0\\0')\ntime.sleep(9)"),
    ("an array of sixteen exabytes", "killed", FRAME + "os.write(out, header(b'[[\"Done\",2],[[\"<f8\",[2305843009213693951]]]]'))\ntime.sleep(9)"),
    ("endless zeros", "killed|timed out", FRAME + "while True: os.write(out, bytes(65536))"),
    ("a thread that answers before it is asked", "killed|wrong|timed out", FRAME + "import threading\ndef flood():\n    while True: os.write(out, frame)\nthreading.Thread(target=flood, daemon=True).start()\ntime.sleep(.1)\nreturn x", OWN),
    ("a child that answers after it", "killed|wrong", FRAME + "if os.fork() == 0:\n    time.sleep(.05)\n    os.write(out, frame)\n    os._exit(0)\nreturn x", OWN),
    ("reads the questions to come", "wrong|killed|timed out", "data = b''\nimport select\nfor fd in range(3, 30):\n    try:\n        if select.select([fd], [], [], 0)[0]: data += os.read(fd, 1 << 20)\n    except (OSError, ValueError): pass\nreturn np.frombuffer(data[: len(data) // 8 * 8]) if data else None", OWN),
)

LIAR = "class Liar(np.ndarray):\n"
group(
    "lying objects",
    ("an object that is equal to everything", "wrong", "class T:\n    __eq__ = lambda *a: True\nreturn T()"),
    ("__array__ that computes what is wanted later", "wrong", "class T:\n    def __array__(self, *a, **k): return x + 7\nreturn T()"),
    ("__array__ that never ends", "wrong|timed out", "class T:\n    def __array__(self, *a, **k):\n        while True: pass\nreturn [T()]"),
    ("__array_interface__ at address 0", "wrong|killed", "class T:\n    __array_interface__ = {'shape': (3, 4), 'typestr': '<f8', 'data': (0, False), 'version': 3}\nreturn [T()]"),
    ("a __class__ that is ndarray", "wrong", "class T:\n    __class__ = np.ndarray\nreturn T()"),
    ("__array_finalize__ that raises", "wrong|raised", LIAR + "    def __array_finalize__(self, o):\n        if o is not None and getattr(o, 'hot', 0): raise SystemExit\ny = (x * 0).view(Liar); y.hot = 1\nreturn y"),
    ("dtype object, full of traps", "wrong", "class T:\n    def __float__(self): os._exit(0)\nreturn np.array([T()] * 12).reshape(3, 4)"),
    ("dates", "wrong", "return x.astype('M8[s]')"),
    ("masked, right below the mask", "wrong", "return np.ma.array(x + 1, mask=True)"),
    ("a memory map", "wrong", "return np.memmap('m', float, 'w+', shape=(3, 4))"),
    ("broadcast giant of zero bytes", "wrong|killed", "return np.broadcast_to(np.zeros((1, 0)), (10**9, 0))"),
    ("strides out of memory", "wrong|killed", "return np.lib.stride_tricks.as_strided(x, (3, 4), (1 << 40, 1 << 40))"),
    ("64 dimensions", "wrong", "return np.zeros((1,) * 32 if np.__version__ < '2' else (1,) * 64)"),
    ("a bool array with bytes that are no bool", "wrong", "return np.full((3, 4), 7, np.uint8).view(bool)"),
    ("a list that holds itself", "wrong", "c = []\nc.append(c)\nreturn c"),
    ("ten million numbers in a list", "wrong", "return [0] * 10**7"),
    ("eight bytes that claim to be eighty gigabytes", "wrong", "return np.broadcast_to(0.0, (10**5, 10**5))"),
    ("an object whose every hook raises or is endless", "wrong", "class T:\n    def __getattr__(s, n): raise KeyboardInterrupt\n    __len__ = lambda s: 1 << 62\n    def __iter__(s):\n        while True: yield 1\nreturn [T()] * 3"),
    ("a list a hundred thousand deep", "wrong", "c = []\nfor _ in range(100000): c = [c]\nreturn c"),
    ("a tuple that lies about its length", "wrong", "class T(tuple):\n    __len__ = lambda s: 12\nreturn T([x] * 10**5)"),
    ("a generator", "wrong", "return (v + 1 for v in x)"),
    ("an int of a million digits", "wrong|raised", "return 1 << 3_400_000"),
    ("a list of ints beyond floats", "wrong|raised", "return [[10**400] * 4] * 3"),
    ("long doubles that are no numbers", "wrong", "return np.frombuffer((b'\\0' * 7 + b'\\x40\\xff\\x3f' + bytes(6)) * 12, np.longdouble).reshape(3, 4) if np.longdouble(0).nbytes == 16 else x"),
    ("a dtype with metadata", "wrong", "return x.astype(np.dtype('f8', metadata={'a': 1}))"),
)

group(
    "patched neighbours in the process",
    ("os.write that raises", "wrong|killed|timed out", "os.write = lambda *a: 0/0\nreturn x", OWN),
    ("the harness's own encoder", "killed", "import grader.harness.serve as s\ns.encode = lambda *a: b'GRD2'\nreturn x", OWN),
    ("the harness's description of results", "wrong", "import grader.harness.serve as s\ns.describe_result = lambda v: np.ones((3, 4))\nreturn [object()]", OWN),
    ("the stages of its driver", "wrong", "import grader.harness.serve as a\na.Stage = lambda n, name, values, *rest: STAGE(n, name, {'y': x * 0}, *rest)\nreturn x", {"top": "from grader.wire.messages import Stage as STAGE", **OWN}),
    ("the inputs of later questions", "wrong", "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Ask':\n        __import__('msgspec').structs.force_setattr(o, 'inputs', {'x': x * 0})\nreturn x", OWN),
    ("sys.modules emptied", "wrong|killed|raised", "sys.modules.clear()\nreturn x", OWN),
    ("standard streams that end the process", "wrong|killed", "class S:\n    def flush(self): os._exit(0)\n    def write(self, t): pass\nsys.stdout = S()\nreturn x", OWN),
    ("True made false in memory", "wrong|killed|timed out|raised", "ctypes.memset(id(True) + 24, 0, 1)\nreturn x", OWN),
)

group(
    "frames and gc walks, answers by look-up",
    ("the frames above", "wrong", "f = sys._getframe()\nwhile f:\n    for v in list(f.f_locals.values()):\n        if isinstance(v, np.ndarray) and not np.array_equal(v, x): return v\n    f = f.f_back\nreturn None"),
    ("all threads' frames", "wrong", "for f in sys._current_frames().values():\n    while f:\n        if 'expected' in f.f_locals: return f.f_locals['expected']\n        f = f.f_back\nreturn None"),
    ("an answer key on sys.path", "raised|wrong|timed out", "import glob\nfound = [p for d in sys.path for p in glob.glob(d + '/**/*.npz', recursive=True)]\nreturn np.load(found[0]) if found else None"),
    ("the judge's own comparison", "raised", "from grader.judge import compare\ncompare.difference"),
    ("the reference", "wrong", "import reference.exercise_05.reference as r\nreturn r.Sigmoid().forward(x)"),
    ("memory of the process below the stack", "wrong|killed|raised", "m = (ctypes.c_double * 200).from_address(x.ctypes.data - 1600)\nreturn np.array(m)[:12].reshape(3, 4)"),
    ("a tracer of our frames", "wrong", "seen = []\nsys.settrace(lambda f, e, a: seen.append(f) or None)\nsys.setprofile(lambda f, e, a: seen.append(f))\nreturn x"),
)

group(
    "proc, environment, files",
    ("files for which the next one is met", "raised", "def slow(x):\n    time.sleep(0.3)\n    return x + 1\ngood.__code__ = slow.__code__\nfor n in range(20): open(f'f{n}', 'wb').write(bytes((1 << 20) - 5000))\nraise ValueError"),
    ("more files than are allowed", "raised|killed|timed out", "for n in range(5000): os.close(os.open(f'f{n}', os.O_CREAT))\ntime.sleep(.25)"),
    ("own environment tells a secret", "wrong", "return [v for k, v in os.environ.items() if 'SECRET' in k or 'GRADER' in k or 'PATH' == k and '/root' in v] or None"),
    ("memory of the parent", "raised", "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)"),
    ("the trigger of the kernel", "raised", "open('/proc/sysrq-trigger', 'w')"),
    ("canary read", "raised", "open(CANARY).read()"),
    ("canary removed", "raised", "os.unlink(CANARY)"),
    ("canary's mode changed", "raised", "os.chmod(CANARY, 0o777)"),
    ("canary's attributes changed", "raised", "os.setxattr(CANARY, 'user.x', b'1')"),
    ("flags of a file that can be read", "raised", "import fcntl\nfcntl.ioctl(open(np.__file__), 0x40086602, bytes(8))"),
    ("canary's folder listed", "raised", "os.listdir(os.path.dirname(CANARY))[0]"),
    ("a file by its handle", "killed", "check(libc.open_by_handle_at(-100, ctypes.create_string_buffer(64), 0))"),
    ("the harness changed for the next one", "raised", "import grader.wire as w\nopen(w.__file__, 'a')"),
    ("/tmp", "raised", "open('/tmp/grader-was-here', 'w')"),
    ("/dev/shm", "raised", "open('/dev/shm/grader-was-here', 'w')"),
    ("the disk itself", "raised", "[open(f'/dev/{n}', 'rb') for n in ('sda', 'vda', 'nvme0n1', 'mem', 'kmsg')]"),
    ("a device of its own", "raised", "os.mknod('disk', 0o60600, os.makedev(254, 0))\nopen('disk', 'rb')"),
    ("a set-user program", "raised|wrong", "import subprocess\nr = subprocess.run(['/usr/bin/su', '-c', 'id'], capture_output=True, timeout=.3)\nif r.returncode: raise OSError"),
    ("a Python with all packages", "wrong|raised", "import subprocess\nr = subprocess.run([sys.executable, '-c', f'print(open({CANARY!r}).read())'], capture_output=True, timeout=.4)\nif r.returncode: raise OSError(r.stderr)"),
)

group(
    "network",
    ("abstract name", "raised", "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind('\\0grader')"),
    ("bash's /dev/tcp", "raised", "import subprocess\nsubprocess.run(['/bin/bash', '-c', f'echo x > /dev/tcp/127.0.0.1/{PORT}'], check=True, timeout=.4, capture_output=True)"),
    ("a datagram to a socket of the machine", "raised", "b = socket.socketpair(type=socket.SOCK_DGRAM)[1]\nb.sendto(b'x', LOCAL)"),
    ("a pair of sockets, one connected to one of the machine", "raised", "b = socket.socketpair(type=socket.SOCK_DGRAM)[1]\nb.connect(LOCAL)"),
    ("a pair of sockets of another kind, which the kernel makes before it refuses the pair", "raised", "libc.socketpair(2, 1, 0, (ctypes.c_int * 2)())\nif ctypes.get_errno() == 97: raise OSError"),
    ("a pair of sockets as it is meant", "right", "a, b = socket.socketpair()\na.sendall(x.tobytes())\nreturn np.frombuffer(b.recv(1000)).reshape(x.shape) + 1"),
)

group(
    "signals, tracing, namespaces, kernel",
    ("kill everybody", "raised|killed|timed out", "os.kill(-1, 0)\ntime.sleep(9)"),
    ("signal process 1", "killed|raised|wrong|timed out", "os.kill(1, 9)\nos.kill(1, 2)\nos.kill(1, 15)\ntime.sleep(.1)\nreturn x"),
    ("signal its overseer", "killed|raised|wrong|timed out", "os.kill(os.getppid(), 19)\ntime.sleep(.1)\nreturn x"),
    ("a child that kills the group", "raised|wrong|killed", "if os.fork() == 0:\n    try: os.kill(0, 15)\n    finally: os._exit(0)\ntime.sleep(.1)\nreturn x"),
    ("a hang-up of the whole group, by one that is stopped and one that ends", "raised|killed", "group, me = os.getpgid(0), os.getpid()\nif os.fork() == 0:\n    os.setpgid(0, 0)\n    if os.fork() == 0:\n        try: os.setpgid(0, group)\n        finally: os._exit(time.sleep(.1) or 0)\n    os.kill(me, 19)\n    os._exit(time.sleep(.2) or 0)\ntime.sleep(.15)\nraise OSError"),
    ("signals by a socket that another owns", "raised", "import fcntl\na, b = socket.socketpair()\nfcntl.ioctl(a, 0x8901, os.getpid().to_bytes(4, sys.byteorder))"),
    ("signal by pidfd", "raised", "f = os.pidfd_open(GRADER)\nsignal.pidfd_send_signal(f, 0)"),
    ("pace of the grader", "raised", "os.setpriority(os.PRIO_PROCESS, GRADER, 19)"),
    ("read another's memory", "killed", "check(libc.process_vm_readv(os.getppid(), None, 0, None, 0, 0))"),
    ("a namespace by clone", "raised", "check(libc.syscall(SYS['clone'], 0x10000000 | 17, None, None, None, None))"),
    ("mount", "killed", "check(libc.mount(b'tmpfs', b'.', b'tmpfs', 0, None))"),
    ("be root", "raised", "os.setuid(0)"),
    ("userfaultfd", "killed", "check(libc.syscall(SYS['userfaultfd'], 1))"),
    ("memfd", "raised", "os.memfd_create('x')"),
    ("shared memory that is mapped no more", "raised", "import mmap\nm = mmap.mmap(-1, 1 << 20)\nlibc.munmap(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(m)) + 4096), ctypes.c_size_t((1 << 20) - 4096))"),
    ("shared memory of /dev/zero", "raised", "import mmap\nmmap.mmap(os.open('/dev/zero', os.O_RDWR), 1 << 20)"),
    ("pages in a pipe that are mapped no more", "raised", "r, w = os.pipe()\ncheck(libc.vmsplice(w, (ctypes.c_ulong * 2)(x.ctypes.data, x.nbytes), ctypes.c_size_t(1), 0))"),
    ("the buffer of a socket made large", "raised", "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)"),
    ("rules of Landlock that fill the kernel", "raised", "check(libc.syscall(444, (ctypes.c_uint64 * 2)(0, 1), 16, 0))"),
    ("a table of the kernel, of any size", "raised", "libc.prctl(78, 1, 1024, 0, 0)\nif ctypes.get_errno() == 1: raise OSError"),
    ("the other half of a core kept still", "raised", "libc.prctl(62, 1, 0, 0, 0)\nif ctypes.get_errno() == 1: raise OSError"),
    ("shared memory", "killed", "check(libc.shmget(1, 4096, 0o1666))"),
    ("a lock on a shared file", "raised", "import fcntl\nfcntl.flock(open(np.__file__), fcntl.LOCK_SH)"),
    ("32-bit system calls", "killed", "code = b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3'\nimport mmap\nm = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)\nm.write(code)\nctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()"),
    ("x32 system calls", "killed|raised", "check(libc.syscall(0x40000000 + 39))"),
    ("a watch on what others read", "raised", "check(libc.inotify_add_watch(libc.inotify_init1(0), np.__file__.encode(), 1))"),
    ("timers, of which a user has few", "raised", "n = ctypes.c_void_p()\nfor _ in range(200): check(libc.syscall(SYS['timer_create'], 0, None, ctypes.byref(n)))"),
    ("requests for disks, of which a machine has few", "killed", "check(libc.syscall(SYS['io_setup'], 60000, ctypes.byref(ctypes.c_ulong())))"),
    ("all disks made to write", "raised", "check(libc.syscall(SYS['sync']))"),
    ("mounts by their numbers", "raised", "import struct\nq = struct.pack('IIQQQ', 32, 0, (1 << 64) - 1, 0, 0)\ncheck(libc.syscall(458, q, ctypes.create_string_buffer(512), 64, 0))"),
    ("reboot", "killed", "check(libc.reboot(0))"),
    ("limits raised", "raised", "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))"),
)

group(
    "floods: processes, threads, memory, disk, output",
    ("fork bomb", "timed out|killed|raised", "while True:\n    try: os.fork()\n    except OSError: pass"),
    ("a child that comes back where getpid is replaced", "wrong", "os.getpid = lambda: 2\nif os.fork(): os.wait()\nreturn x"),
    ("a thousand threads", "raised", "import threading\nfor _ in range(1000): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"),
    ("many files beyond the limit", "raised|killed|timed out", "n = 0\nwhile True:\n    n += 1\n    open(f'big{n}', 'wb').write(bytes(1 << 20))"),
    ("folders a thousand deep", "raised|wrong|timed out|killed", "while True:\n    os.mkdir('d')\n    os.chdir('d')"),
    ("a folder that nobody may enter", "wrong|killed|raised", "os.mkdir('closed')\nos.mkdir('closed/in', 0)\nos.mkdir('shut', 0)\nreturn x"),
    ("a thousand open files", "raised", "keep = [open(np.__file__) for _ in range(1000)]"),
    ("a million warnings", "wrong|timed out", "import warnings\nfor n in range(200000): warnings.warn(str(n))\nreturn x"),
)

group(
    "daemons and blocked signals",
    ("a daemon that forks for ever", "wrong|killed|raised|timed out", "if os.fork() == 0:\n    os.closerange(0, 100)\n    while True:\n        try:\n            if os.fork(): os._exit(0)\n        except OSError: pass\nreturn x"),
    ("stopped children", "wrong|killed", "for _ in range(4):\n    if os.fork() == 0:\n        os.closerange(0, 100)\n        os.kill(os.getpid(), 19)\n        name_me()\nreturn x"),
    ("an alarm that raises in our code", "wrong|raised|killed|timed out", "def ring(*a): raise SystemExit\nsignal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, .0005, .0005)\nreturn x", OWN),
    ("a thread that spins", "wrong|timed out|right", "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()\nreturn x", OWN),
    ("the net of the parent's death cut", "timed out", "libc.prctl(1, 0, 0, 0, 0)\nif os.fork() == 0: name_me()\nwhile True: time.sleep(1)"),
    ("a daemon beside one whose name is no text", "wrong|killed", "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: name_me()\n    libc.prctl(15, b'\\xff\\xfe', 0, 0, 0)\n    while True: time.sleep(1)\nreturn x"),
    ("a daemon beside one that is called like a line of figures", "wrong|killed", "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: name_me()\n    libc.prctl(15, b') Z 1 1\\n0 Z 1', 0, 0, 0)\n    while True: time.sleep(1)\nreturn x"),
    ("a daemon whose first thread has ended", "wrong|killed", "if os.fork() == 0:\n    os.setsid()\n    import threading\n    threading.Thread(target=name_me, daemon=True).start()\n    libc.syscall(SYS['exit'], 0)\nreturn x"),
    ("a first thread that ends in the call", "timed out|killed", "import threading\nthreading.Thread(target=name_me, daemon=True).start()\nlibc.syscall(SYS['exit'], 0)", OWN),
    ("a daemon in the midst of becoming another program", "wrong|killed|raised", "if os.fork() == 0:\n    os.setsid()\n    while True:\n        if os.fork() == 0: os.execv('/usr/bin/env', ['env', '-i', 'sleep', '1'])\n        time.sleep(.01)\nreturn x"),
    ("a vfork that never ends", "timed out|killed|wrong", "libc.syscall(SYS['clone'], 0x4000 | 17, None, None, None, None)\nwhile True: pass"),
)

group(
    "descriptors, clones and hooks",
    ("answers closed, then opened as a file", "killed|timed out", "os.close(4)\nfd=os.open('a',os.O_RDWR|os.O_CREAT)\nreturn x"),
    ("answers made non-blocking", "wrong|killed|timed out", "os.set_blocking(4, False)\nreturn np.zeros(300000)", OWN),
    ("answers by splice from a pipe", "raised", "r,w=os.pipe()\nos.write(w,bytes(60000))\nos.splice(r,4,60000)\ntime.sleep(9)"),
    ("own process replaced by python that answers all", "wrong|killed|timed out", FRAME + "os.execv(sys.executable,[sys.executable,'-c',f'import os\\nfor _ in range(2): os.write(4,{frame!r})'])", OWN),
    ("clone with shared memory comes back", "wrong|killed|timed out", "libc.syscall(SYS['clone'], 0x100|0x4000|17, 0, 0, 0, 0)\nreturn x", OWN),
    ("clone as sibling which lives on", "timed out|wrong|raised|killed", "if libc.syscall(SYS['clone'], 0x8000|17, 0, 0, 0, 0) == 0:\n    name_me()\nwhile True: time.sleep(1)"),
    ("child with SIGKILL as its last word", "killed|wrong", "if libc.syscall(SYS['clone'], 9, 0, 0, 0, 0) == 0: os._exit(0)\ntime.sleep(.1)\nreturn x", OWN),
    ("a __del__ that writes a frame", "killed|wrong", FRAME + "class D:\n    def __del__(s): os.write(4, frame)\nbad.keep=[D()]; bad.keep.append(bad.keep); bad.keep=None\nimport gc; gc.set_threshold(1,1,1)\nreturn x", OWN),
    ("monitoring that rewrites returns", "wrong|killed|raised", "m=sys.monitoring\nm.use_tool_id(3,'x')\nm.register_callback(3,m.events.PY_RETURN,lambda *a: 1/0)\nm.set_events(3,m.events.PY_RETURN)\nreturn x", OWN),
    ("locals of the harness replaced", "wrong|killed", "f=sys._getframe(1)\nwhile f:\n    try: f.f_locals.update(step=None, question=None)\n    except Exception: pass\n    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(f), 0)\n    f=f.f_back\nreturn x", OWN),
    ("trace set on the harness's frames", "wrong|killed|raised|timed out", "def t(f,e,a):\n    raise SystemExit\nf=sys._getframe(1)\nwhile f:\n    f.f_trace=t; f=f.f_back\nsys.settrace(t)\nreturn x", OWN),
    ("ndarray by ctypes into a read-only input of other questions", "wrong", "import gc\nfor o in gc.get_objects():\n    if type(o).__name__=='Frame':\n        for a in o.arrays: ctypes.memset(a.ctypes.data, 0, a.nbytes)\nreturn x", OWN),
    ("shape changed while it is described", "wrong", "y=x*0\nimport threading\ndef r():\n    while True:\n        try: y.shape=(4,3); y.shape=(3,4)\n        except Exception: pass\nthreading.Thread(target=r,daemon=True).start()\nreturn y", OWN),
)

group(
    "hooks and limits that a process sets itself",
    ("a pending call that ends the process", "killed|wrong", "f = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda p: os._exit(3))\nbad.f = f\nctypes.pythonapi.Py_AddPendingCall(f, None)\nreturn x", OWN),
    ("an exception thrown into the harness", "wrong|raised|killed", "import threading\nme = threading.main_thread().ident\ndef throw():\n    for _ in range(50):\n        time.sleep(.0003)\n        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(KeyboardInterrupt))\nthreading.Thread(target=throw, daemon=True).start()\nreturn x", OWN),
    ("a timer of its own time", "wrong|killed|raised", "signal.signal(signal.SIGPROF, lambda *a: os._exit(0))\nsignal.setitimer(signal.ITIMER_PROF, .002, .002)\nreturn x", OWN),
    ("the type of arrays opened by gc", "wrong|killed", "import gc\ngc.get_referents(np.ndarray.__dict__)[0]['tobytes'] = lambda *a: b''\nctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))\nreturn x", OWN),
    ("a filter that kills at the next call", "wrong|killed", "import struct\np = ctypes.create_string_buffer(struct.pack('=HBBI', 6, 0, 0, 0x80000000))\nh = ctypes.create_string_buffer(struct.pack('HP', 1, ctypes.addressof(p)))\nlibc.prctl(22, 2, ctypes.addressof(h), 0, 0)\nreturn x", OWN),
    ("a filter that swallows writes", "wrong|killed|timed out", "import struct\nw = 1 if os.uname().machine == 'x86_64' else 64\np = ctypes.create_string_buffer(b''.join(struct.pack('=HBBI', *r) for r in ((0x20, 0, 0, 0), (0x15, 0, 1, w), (6, 0, 0, 0x50000), (6, 0, 0, 0x7fff0000))))\nh = ctypes.create_string_buffer(struct.pack('HP', 4, ctypes.addressof(p)))\nlibc.prctl(22, 2, ctypes.addressof(h), 0, 0)\nreturn x", OWN),
    ("no files, no memory left", "wrong|killed|raised", "import resource as r\nfor kind in (r.RLIMIT_NOFILE, r.RLIMIT_FSIZE, r.RLIMIT_AS): r.setrlimit(kind, (0, 0))\nreturn x", OWN),
    ("pipes filled by children", "wrong|raised", "import fcntl\nfor _ in range(12):\n    if os.fork() == 0:\n        for _ in range(25):\n            r, w = os.pipe()\n            try:\n                fcntl.fcntl(w, 1031, 1 << 20); os.set_blocking(w, False); os.write(w, bytes(1 << 20))\n            except OSError: pass\n        name_me()\ntime.sleep(.1)\nreturn x"),
    ("links that fill the scratch", "raised|killed|wrong|timed out", "for n in range(20000): os.symlink('y' * 4000, f's{n}')\nreturn x"),
    ("a file that is shortened under its map", "killed|raised", "open('m', 'wb').write(bytes(1 << 20))\nm = np.memmap('m', mode='r+')\nos.truncate('m', 0)\nm[0] = 1"),
    (".pth file for the next one", "raised", "open(os.path.join(os.path.dirname(np.__file__), '..', 'x.pth'), 'w')"),
    ("a meta path hook", "wrong", "class H:\n    def find_spec(self, n, *a): os._exit(0)\nsys.meta_path.insert(0, H())\nreturn x", OWN),
    ("numpy.py in its folder", "wrong", "open('numpy.py', 'w').write('raise SystemExit')\nsys.path.insert(0, '')\nreturn x"),
    ("an audit hook that ends all", "wrong|killed|raised|timed out", "def hook(e, a):\n    if e == 'open': os._exit(0)\nsys.addaudithook(hook)\nreturn x", OWN),
)

ENCODER = """
import grader.harness.serve as s
old, tree = s.encode, '["Stage",2,"bad",["d",[["y",["a",0]]]]]'
"""
group(
    "frames of other letters and kinds",
    *(
        (f"an answer of {kind} that was never made", "wrong|killed", ENCODER + f"t = b'[%s,[[\"{kind}\",[3,4]]]]' % tree.encode()\nb = bytes(range(1, 13)) * np.dtype('{kind}').itemsize\ns.encode = lambda m, *a: header(t, len(b)) + b if type(m).__name__ == 'Stage' else old(m, *a)\nreturn x", OWN)
        for kind in ("<f2", "<f16", "<c32", "<u8", ">f8", "|b1")
    ),
    ("a header in UTF-16", "killed", ENCODER + "s.encode = lambda m, *a: header(tree.encode('utf-16'))\nreturn x", OWN),
    ("a warning that is half of a letter", "wrong", ENCODER + "import msgspec\ns.encode = lambda m, *a: old(msgspec.structs.replace(m, warnings=('\\ud800',)) if type(m).__name__ == 'Stage' else m, *a)\nreturn x", OWN),
)

group(
    "exit, abort, crash, recursion",
    ("exit 0", "killed", "os._exit(0)"),
    ("kill -9 itself", "killed", "os.kill(os.getpid(), 9)"),
    ("all descriptors closed", "killed", "os.closerange(0, 1000)\nreturn x"),
    ("another program in its place", "killed", "os.execv(sys.executable, [sys.executable, '-c', ''])"),
    ("SystemExit with an object", "raised", "raise SystemExit(object())"),
    ("an exception of its own with a lying __str__", "raised", "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E"),
    ("an exception whose text loops", "raised|timed out", "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E"),
    ("an exception whose text ends the process", "killed", "class E(Exception):\n    def __str__(self): os._exit(0)\nraise E"),
    ("an exception whose text loops where it is cut", "raised", "class T(str):\n    def __getitem__(s, k):\n        while True: pass\nclass E(Exception):\n    __str__ = lambda s: T('x' * 10**8)\n    def __repr__(s): raise SystemExit\nraise E"),
    ("an exception of odd letters", "raised", "E = type('E', (Exception,), {})\nE.__name__ = '\\ud800\\x1b[2J\\u202e'\nprint('\\ud800\\x1b]0;title\\x07\\0step')\nraise E('\\ud800\\x1b[2J</script>\\u202e' * 1000)"),
    ("a metaclass that lies about its name", "raised", "class M(type):\n    @property\n    def __name__(cls): raise KeyboardInterrupt\nclass E(Exception, metaclass=M): pass\nraise E"),
    ("a chain of causes that is a ring", "raised", "a, b = ValueError(1), ValueError(2)\na.__cause__, b.__cause__ = b, a\nraise a"),
    ("a result with a lying __repr__", "wrong", "class R:\n    def __repr__(self): os._exit(0)\nreturn R()"),
    ("a result whose __del__ ends the process", "wrong|killed", "class R:\n    def __del__(self): os._exit(0)\nreturn R()", OWN),
    ("recursion without a limit", "killed|raised|timed out", "sys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)"),
    ("recursion in C", "killed|raised|timed out", "class R:\n    def __repr__(self): return repr(self)\nsys.setrecursionlimit(10**9)\nrepr(R())"),
    ("the interpreter ended from C", "killed", "libc.exit(0)"),
    ("fatal error", "killed", "ctypes.pythonapi.Py_FatalError(b'no')"),
    ("input in a loop", "timed out", "while True:\n    try: input()\n    except EOFError: pass"),
    ("a debugger", "wrong", "import pdb\npdb.set_trace()\ninput()\nreturn x"),
    ("a stop that is a fault", "killed|raised", "os.kill(os.getpid(), signal.SIGXCPU)\ntime.sleep(.2)\nraise OSError"),
)

group(
    "at the top of the program",
    ("exit", "wrong|right", "return x", {"top": "import os\nos._exit(0)"}),
    ("numpy replaced", "wrong|missing|raised|not reached|killed", "return x", {"top": "sys.modules['numpy'] = None", "alone": True}),
    ("the module of the program removed", "wrong|raised|missing|killed", "return x", {"top": "sys.modules.clear()", "alone": True}),
    ("a frame instead of the report", "wrong|not reached|missing|killed", "return x", {"top": "import os\nfor fd in range(3, 9):\n    try: os.write(fd, b'GRD2\\0\\0\\0\\x05\\0\\0\\0\\0[{},[]')\n    except OSError: pass", "alone": True}),
    ("a report that says what is not so", "wrong|not reached|missing|killed", "return x", {"top": "from grader.wire.messages import LoadReport, encode\nimport os\nfor fd in range(3, 9):\n    try: os.write(fd, encode(LoadReport(('good', 'bad', 'nothing'))))\n    except OSError: pass", "alone": True}),
    ("a shell", "wrong", "return x", {"top": "import subprocess\nsubprocess.run('cat /etc/passwd > /tmp/grader-was-here', shell=True)"}),
    ("hundreds of long errors", "wrong", "return x", {"top": "\n".join(["raise ValueError('x' * 1000)"] * 300)}),
    ("a thread that never ends", "wrong|right|timed out", "return x", {"top": "import threading\nthreading.Thread(target=lambda: [1 for _ in iter(int, 1)], daemon=True).start()", "alone": True}),
    ("a class that raises when it is looked at", "wrong", "return x", {"top": "class M(type):\n    def __getattribute__(c, n): raise SystemExit\nclass bad2(metaclass=M): pass"}),
)
