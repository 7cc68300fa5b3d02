"""Attacks on the wall by code: named, with the outcome each must have.

An attack is the body of a function `bad(x)` whose right answer would be `x + 1`. Where the attempt succeeds, the
body goes on to its end and the function returns 666: a breach. `outcome` lists what may happen instead:
raised, wrong, right (harmless), timed out, killed, unreadable, missing, not reached.

`top` is code at the top of the program. `alone`: the attack voids or breaks its own siblings (same process, same
student), so only the next submission must be whole. `plain`: holds without any sandbox too (level D).
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
    plain: bool = False


ATTACKS = []


def group(name, *entries, plain=False):
    for title, outcome, body, *rest in entries:
        options = dict(rest[0]) if rest else {}
        options = {"plain": plain, **options}
        ATTACKS.append(Attack(name, title, tuple(outcome.split("|")), body, **options))


OWN = {"alone": True}
FRAME = """
from grader.wire import Outcome, Status, Value, encode_outcome, encode
frame = encode_outcome(Outcome(Status.RETURNED, {"y": Value("array", "ndarray", x * 0 + 7)}))
out = next(fd for fd in range(3, 30) if writes(fd))
"""

group(
    "frames",
    ("one frame of its own", "unreadable|wrong", FRAME + "os.write(out, frame)\nreturn x", OWN),
    ("two frames", "unreadable|wrong", FRAME + "os.write(out, frame * 2)\nreturn x", OWN),
    ("a hundred frames", "unreadable|wrong", FRAME + "os.write(out, frame * 100)\nreturn x", OWN),
    ("a frame and a clean exit", "unreadable|wrong|killed", FRAME + "os.write(out, frame)\nos._exit(0)", OWN),
    ("half a frame, then silence", "unreadable|timed out", FRAME + "os.write(out, frame[:20])\ntime.sleep(9)"),
    ("a frame with a fault that is ours to say", "unreadable", FRAME + "os.write(out, encode_outcome(Outcome(Status.FAULT, reason='our fault')))\ntime.sleep(9)"),
    ("a frame that says it timed out", "unreadable", FRAME + "os.write(out, encode_outcome(Outcome(Status.TIMED_OUT)))\ntime.sleep(9)"),
    ("a header of four gigabytes", "unreadable", FRAME + "os.write(out, b'GRD1\\xff\\xff\\xff\\xff')\ntime.sleep(9)"),
    ("an array of sixteen exabytes", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[[\"<f8\",[2305843009213693951]]]}'))\ntime.sleep(9)"),
    ("a thousand dimensions", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[[\"<f8\",[' + b'1,' * 999 + b'1]]]}'))\ntime.sleep(9)"),
    ("a negative shape", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[[\"<f8\",[-1]]]}'))\ntime.sleep(9)"),
    ("a shape that is true", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[[\"<f8\",[true]]]}'))\ntime.sleep(9)"),
    ("an array of objects", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[[\"|O\",[1]]]}') + b'\\0' * 8)\ntime.sleep(9)"),
    ("a structured array", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[[\"f8,f8\",[1]]]}') + b'\\0' * 16)\ntime.sleep(9)"),
    ("a number of a hundred thousand digits", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[],\"count\":' + b'9' * 60000 + b'}'))\ntime.sleep(9)"),
    ("JSON a hundred thousand deep", "unreadable", FRAME + "os.write(out, header(b'[' * 60000))\ntime.sleep(9)"),
    ("a header with NaN", "unreadable", FRAME + "os.write(out, header(b'{\"arrays\":[],\"count\":NaN}'))\ntime.sleep(9)"),
    ("the same key twice", "unreadable|wrong", FRAME + "os.write(out, header(b'{\"arrays\":[],\"status\":\"returned\",\"status\":\"raised\"}'))\ntime.sleep(9)"),
    ("noise", "unreadable", FRAME + "os.write(out, os.urandom(4096))\ntime.sleep(9)"),
    ("endless zeros", "unreadable|timed out|killed", FRAME + "while True: os.write(out, bytes(65536))"),
    ("a thread that answers before it is asked", "unreadable|wrong|timed out", FRAME + "import threading\ndef flood():\n    while True: os.write(out, frame)\nthreading.Thread(target=flood, daemon=True).start()\ntime.sleep(.1)\nreturn x", OWN),
    ("a child that answers after it", "unreadable|wrong", FRAME + "if os.fork() == 0:\n    time.sleep(.05)\n    os.write(out, frame)\n    os._exit(0)\nreturn x", OWN),
    ("reads the questions to come", "wrong|unreadable|timed out|killed", "data = b''\nimport select\nfor fd in range(3, 30):\n    try:\n        if select.select([fd], [], [], 0)[0]: data += os.read(fd, 1 << 20)\n    except (OSError, ValueError): pass\nreturn np.frombuffer(data[: len(data) // 8 * 8]) if data else None", OWN),
    plain=True,
)

LIAR = "class Liar(np.ndarray):\n"
group(
    "lying objects",
    ("equal to everything", "wrong|raised", LIAR + "    __eq__ = lambda *a: True\n    __ne__ = lambda *a: False\nreturn x.view(Liar)"),
    ("an object that is equal to everything", "wrong", "class T:\n    __eq__ = lambda *a: True\nreturn T()"),
    ("__array__ that computes what is wanted later", "wrong", "class T:\n    def __array__(self, *a, **k): return x + 7\nreturn T()"),
    ("__array__ that never ends", "wrong|timed out", "class T:\n    def __array__(self, *a, **k):\n        while True: pass\nreturn [T()]"),
    ("__array_interface__ at address 0", "wrong|killed", "class T:\n    __array_interface__ = {'shape': (3, 4), 'typestr': '<f8', 'data': (0, False), 'version': 3}\nreturn [T()]"),
    ("a subclass with its own view", "wrong|raised", LIAR + "    def view(self, *a): raise SystemExit\nreturn (x * 0).view(Liar)"),
    ("a subclass with its own tobytes", "wrong", LIAR + "    def tobytes(self, *a): return b''\nreturn (x * 0).view(Liar)"),
    ("a __class__ that is ndarray", "wrong", "class T:\n    __class__ = np.ndarray\nreturn T()"),
    ("__array_finalize__ that raises", "wrong|raised", LIAR + "    def __array_finalize__(self, o):\n        if o is not None and getattr(o, 'hot', 0): raise SystemExit\ny = (x * 0).view(Liar); y.hot = 1\nreturn y"),
    ("dtype object", "wrong", "return x.astype(object)"),
    ("dtype object, full of traps", "wrong", "class T:\n    def __float__(self): os._exit(0)\nreturn np.array([T()] * 12).reshape(3, 4)"),
    ("structured dtype", "wrong", "return np.zeros((3, 4), 'f8,f8')"),
    ("strings", "wrong", "return x.astype(str)"),
    ("dates", "wrong", "return x.astype('M8[s]')"),
    ("masked, all hidden", "wrong", "return np.ma.masked_all((3, 4))"),
    ("masked, right below the mask", "wrong", "return np.ma.array(x + 1, mask=True)"),
    ("a memory map", "wrong", "return np.memmap('m', float, 'w+', shape=(3, 4))"),
    ("broadcast giant", "wrong", "return np.broadcast_to(0.0, (10**5, 10**5))"),
    ("broadcast giant of zero bytes", "wrong|unreadable", "return np.broadcast_to(np.zeros((1, 0)), (10**9, 0))"),
    ("overlapping strides", "wrong", "return np.lib.stride_tricks.as_strided(x, (3, 4), (0, 0))"),
    ("strides out of memory", "wrong|killed", "return np.lib.stride_tricks.as_strided(x, (3, 4), (1 << 40, 1 << 40))"),
    ("64 dimensions", "wrong", "return np.zeros((1,) * 32 if np.__version__ < '2' else (1,) * 64)"),
    ("NaN everywhere", "wrong", "return x * np.nan"),
    ("inf everywhere", "wrong", "return x + np.inf"),
    ("complex with an imaginary part", "wrong", "return x + 1 + 1j"),
    ("one number that would be broadcast", "wrong", "return np.float64(1)"),
    ("a row that would be broadcast", "wrong", "return (x + 1)[:1]"),
    ("an empty array", "wrong", "return np.zeros((0, 4))"),
    ("a bool array with bytes that are no bool", "wrong", "return np.full((3, 4), 7, np.uint8).view(bool)"),
    ("a list that holds itself", "wrong", "c = []\nc.append(c)\nreturn c"),
    ("a list a hundred thousand deep", "wrong", "c = []\nfor _ in range(100000): c = [c]\nreturn c"),
    ("ten million numbers in a list", "wrong", "return [0] * 10**7"),
    ("a tuple that lies about its length", "wrong", "class T(tuple):\n    __len__ = lambda s: 12\nreturn T([x] * 10**5)"),
    ("a float that lies", "wrong", "class F(float):\n    __float__ = lambda s: 1.0\n    __eq__ = lambda *a: True\nreturn F(3)"),
    ("a generator", "wrong", "return (v + 1 for v in x)"),
    ("a module", "wrong", "return np"),
    ("the function itself", "wrong", "return bad"),
    ("a buffer", "wrong", "return memoryview(x)"),
    plain=True,
)

group(
    "patched neighbours in the process",
    ("numpy.array gone", "wrong", "np.array = np.asarray = np.ascontiguousarray = None\nreturn x", OWN),
    ("numpy.ndarray.tobytes cannot be patched", "raised", "np.ndarray.tobytes = lambda *a: b''"),
    ("isinstance says yes", "wrong|unreadable|killed|raised", "import builtins\nbuiltins.isinstance = lambda *a: True\nreturn x", OWN),
    ("type says ndarray", "wrong|unreadable|killed|raised", "import builtins\nbuiltins.type = lambda *a: np.ndarray\nreturn x", OWN),
    ("json.dumps forged", "unreadable|wrong|killed", "import json\njson.dumps = lambda *a, **k: '{}'\nreturn x", OWN),
    ("json that raises", "unreadable|killed|wrong|raised", "import json\ndef no(*a, **k): raise SystemExit\njson.dumps = no\nreturn x", OWN),
    ("os.write dropped", "timed out|killed|unreadable", "os.write = lambda *a: 1\nreturn x", OWN),
    ("os.write that raises", "killed|unreadable|timed out", "os.write = lambda *a: 0/0\nreturn x", OWN),
    ("the harness's own encoder", "wrong", "import grader.harness.runner as r\nr.encode_outcome = lambda o: b'GRD1'\nreturn x", OWN),
    ("the harness says fault", "wrong", "import grader.harness.runner as r\nfrom grader.wire import Outcome, Status\nold = r.encode_outcome\nr.encode_outcome = lambda o: old(Outcome(Status.FAULT, reason='ours'))\nreturn x", OWN),
    ("the harness's describe_value", "wrong", "import grader.harness.calling as c\nfrom grader.wire import Value\nc.describe_value = lambda v: Value('array', 'ndarray', np.ones((3, 4)))\nreturn x", OWN),
    ("the inputs of later questions", "wrong", "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Question':\n        object.__setattr__(o, 'inputs', {'x': x * 0})\nreturn x", OWN),
    ("math and random", "wrong", "import math, random\nmath.exp = random.random = None\nreturn x"),
    ("sys.modules emptied", "wrong|unreadable|killed|raised", "sys.modules.clear()\nreturn x", OWN),
    ("standard streams that end the process", "wrong|killed|unreadable", "class S:\n    def flush(self): os._exit(0)\n    def write(self, t): pass\nsys.stdout = S()\nreturn x", OWN),
    ("warnings that raise", "wrong|raised", "import warnings\nwarnings.showwarning = lambda *a: 1/0\nreturn x"),
    ("errstate raises on everything", "wrong", "np.seterr(all='raise')\nreturn x"),
    ("compile and exec gone", "wrong", "import builtins\nbuiltins.exec = builtins.compile = None\nreturn x"),
    ("a number changed in memory", "wrong|killed", "ctypes.memset(id(1) + 24, 2, 1)\nreturn x", OWN),
    ("True made false in memory", "wrong|killed|unreadable|timed out|raised", "ctypes.memset(id(True) + 24, 0, 1)\nreturn x", OWN),
    ("float addition of numpy", "wrong", "np.add = lambda a, b: a * 0\nreturn np.add(x, 1)"),
    plain=True,
)

LOOK = "import gc\nfor o in gc.get_objects():\n"
group(
    "frames and gc walks, answers by look-up",
    ("any array of the right shape in memory", "wrong", LOOK + "    if isinstance(o, np.ndarray) and o.shape == x.shape and not np.array_equal(o, x) and np.isfinite(o).all(): return o\nreturn None"),
    ("anything called answer", "wrong", LOOK + "    if isinstance(o, dict):\n        for k in list(o):\n            if isinstance(k, str) and ('answer' in k or 'expected' in k) and isinstance(o[k], np.ndarray): return o[k]\nreturn None"),
    ("the frames above", "wrong", "f = sys._getframe()\nwhile f:\n    for v in list(f.f_locals.values()):\n        if isinstance(v, np.ndarray) and not np.array_equal(v, x): return v\n    f = f.f_back\nreturn None"),
    ("referrers of the input", "wrong", "import gc\nfor r in gc.get_referrers(x):\n    if isinstance(r, dict):\n        for k, v in r.items():\n            if k != 'x' and isinstance(v, np.ndarray): return v\nreturn None"),
    ("all threads' frames", "wrong", "for f in sys._current_frames().values():\n    while f:\n        if 'expected' in f.f_locals: return f.f_locals['expected']\n        f = f.f_back\nreturn None"),
    ("an answer key on sys.path", "raised|wrong|timed out", "import glob\nfound = [p for d in sys.path for p in glob.glob(d + '/**/*.npz', recursive=True)]\nreturn np.load(found[0]) if found else None"),
    ("the judge's own comparison", "raised", "from grader.judge import compare"),
    ("the key's loader", "raised", "from grader.answer_key import load_key"),
    ("the reference", "raised", "import reference.exercise_05.passes"),
    ("memory of the process below the stack", "wrong|killed|raised", "m = (ctypes.c_double * 200).from_address(x.ctypes.data - 1600)\nreturn np.array(m)[:12].reshape(3, 4)"),
    ("freed memory of numpy", "wrong", "return np.empty((3, 4)) * 0 + np.empty((3, 4))"),
    ("a table of public answers", "wrong", "return {b'public': x + 1}.get(x.tobytes(), x)"),
    ("remembers the input of the first call", "wrong", "bad.kept = getattr(bad, 'kept', x)\nreturn bad.kept"),
    ("a tracer of our frames", "wrong", "seen = []\nsys.settrace(lambda f, e, a: seen.append(f) or None)\nsys.setprofile(lambda f, e, a: seen.append(f))\nreturn x"),
)

group(
    "proc, environment, files",
    ("environment of process 1", "raised", "open('/proc/1/environ').read()"),
    ("own environment tells a secret", "wrong", "return [v for k, v in os.environ.items() if 'SECRET' in k or 'GRADER' in k or 'PATH' == k and '/root' in v] or None"),
    ("command line of process 1", "raised", "open('/proc/1/cmdline').read()"),
    ("root of process 1", "raised", "os.listdir('/proc/1/root')"),
    ("memory of the parent", "raised", "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)"),
    ("memory of process 2", "raised", "open('/proc/2/mem', 'r+b')"),
    ("maps of process 1", "raised", "open('/proc/1/maps').read()"),
    ("descriptors of process 1", "raised", "os.listdir('/proc/1/fd')"),
    ("kernel settings", "raised", "open('/proc/sys/kernel/core_pattern', 'w')"),
    ("the trigger of the kernel", "raised", "open('/proc/sysrq-trigger', 'w')"),
    ("password file", "raised", "open('/etc/passwd').read()"),
    ("shadow file", "raised", "open('/etc/shadow').read()"),
    ("home of root", "raised", "os.listdir('/root')[0]"),
    ("home of others", "raised", "[os.listdir(f'/home/{n}') for n in os.listdir('/home')][0]"),
    ("canary read", "raised", "open(CANARY).read()"),
    ("canary written", "raised", "open(CANARY, 'a').write('x')"),
    ("canary shortened", "raised", "os.truncate(CANARY, 0)"),
    ("canary removed", "raised", "os.unlink(CANARY)"),
    ("canary renamed", "raised", "os.rename(CANARY, CANARY + 'x')"),
    ("canary linked into the scratch", "raised", "os.link(CANARY, 'mine')\nopen('mine').read()"),
    ("canary by a symbolic link", "raised", "os.symlink(CANARY, 'mine')\nopen('mine').read()"),
    ("canary's mode changed", "raised", "os.chmod(CANARY, 0o777)"),
    ("canary's time changed", "raised", "os.utime(CANARY, (0, 0))"),
    ("canary's attributes changed", "raised", "os.setxattr(CANARY, 'user.x', b'1')"),
    ("canary's folder listed", "raised", "os.listdir(os.path.dirname(CANARY))[0]"),
    ("a file beside the canary", "raised", "open(CANARY + '.new', 'w')"),
    ("our own source", "raised", "open(SOURCE).read()"),
    ("our own source changed", "raised", "open(SOURCE, 'a')"),
    ("a file by its handle", "raised", "check(libc.open_by_handle_at(-100, ctypes.create_string_buffer(64), 0))"),
    ("out of the scratch by ..", "raised", "open('../../../../../../../../etc/hostname').read()"),
    ("numpy changed for the next one", "raised", "open(np.__file__, 'a')"),
    ("the harness changed for the next one", "raised", "import grader.wire as w\nopen(w.__file__, 'a')"),
    ("the harness's mode changed", "raised", "import grader.wire as w\nos.chmod(w.__file__, 0)"),
    ("the standard library changed", "raised", "import json\nopen(json.__file__, 'a')"),
    ("/tmp", "raised", "open('/tmp/grader-was-here', 'w')"),
    ("/var/tmp", "raised", "open('/var/tmp/grader-was-here', 'w')"),
    ("/dev/shm", "raised", "open('/dev/shm/grader-was-here', 'w')"),
    ("the disk itself", "raised", "[open(f'/dev/{n}', 'rb') for n in ('sda', 'vda', 'nvme0n1', 'mem', 'kmsg')]"),
    ("a device of its own", "raised", "os.mknod('disk', 0o60600, os.makedev(254, 0))\nopen('disk', 'rb')"),
    ("the terminal", "raised", "open('/dev/tty', 'w')"),
    ("typing into the terminal", "raised", "import fcntl\nfcntl.ioctl(0, 0x5412, b'x')"),
    ("a set-user program", "raised|wrong", "import subprocess\nr = subprocess.run(['/usr/bin/su', '-c', 'id'], capture_output=True, timeout=.3)\nif r.returncode: raise OSError"),
    ("a Python with all packages", "wrong|raised", "import subprocess\nr = subprocess.run([sys.executable, '-c', f'print(open({CANARY!r}).read())'], capture_output=True, timeout=.4)\nif r.returncode: raise OSError(r.stderr)"),
)

group(
    "network",
    ("TCP", "raised", "socket.socket()"),
    ("TCP 6", "raised", "socket.socket(socket.AF_INET6)"),
    ("UDP", "raised", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"),
    ("raw", "raised", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    ("packets", "raised", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
    ("local stream", "raised", "socket.socket(socket.AF_UNIX)"),
    ("abstract name", "raised", "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind('\\0grader')"),
    ("VSOCK", "raised", "socket.socket(40)"),
    ("netlink", "raised", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)"),
    ("crypto sockets", "raised", "socket.socket(38, socket.SOCK_SEQPACKET)"),
    ("Bluetooth", "raised", "socket.socket(31, socket.SOCK_RAW, 1)"),
    ("listener here", "raised", "socket.create_connection(('127.0.0.1', PORT), .2)"),
    ("listener here by urllib", "raised", "import urllib.request\nurllib.request.urlopen(f'http://127.0.0.1:{PORT}/', timeout=.2)"),
    ("a name looked up", "raised", "socket.getaddrinfo('example.com', 80)"),
    ("bash's /dev/tcp", "raised", "import subprocess\nsubprocess.run(['/bin/bash', '-c', f'echo x > /dev/tcp/127.0.0.1/{PORT}'], check=True, timeout=.4, capture_output=True)"),
    ("a local socket of the machine", "raised", "s = socket.socket(socket.AF_UNIX)\ns.connect('/var/run/docker.sock')"),
    ("socket by its number", "raised", "check(libc.syscall(SYS['socket'], 2, 1, 0))"),
    ("a pair of sockets, one reconnected", "raised", "a, b = socket.socketpair(type=socket.SOCK_DGRAM)\nb.connect('\\0grader')"),
)

group(
    "signals, tracing, namespaces, kernel",
    ("kill the grader", "raised", "os.kill(GRADER, 9)"),
    ("kill everybody", "raised|killed|timed out", "os.kill(-1, 0)\ntime.sleep(9)"),
    ("signal process 1", "raised|wrong|timed out", "os.kill(1, 9)\nos.kill(1, 2)\nos.kill(1, 15)\ntime.sleep(.1)\nreturn x"),
    ("signal process 2 unless it is itself", "raised|wrong", "if os.getpid() == 2: return x\nos.kill(2, 9)"),
    ("signal its overseer", "raised|wrong|timed out", "os.kill(os.getppid(), 19)\ntime.sleep(.1)\nreturn x"),
    ("signal by pidfd", "raised", "f = os.pidfd_open(GRADER)\nsignal.pidfd_send_signal(f, 0)"),
    ("queue a signal", "raised", "check(libc.sigqueue(GRADER, 10, 0))"),
    ("signal our group", "raised|killed|wrong|timed out", "os.killpg(os.getpgid(0), 0)\nreturn x"),
    ("limits of the grader", "raised", "import resource\nresource.prlimit(GRADER, resource.RLIMIT_CPU, (0, 0))"),
    ("pace of the grader", "raised", "os.setpriority(os.PRIO_PROCESS, GRADER, 19)"),
    ("cores of the grader", "raised", "os.sched_setaffinity(GRADER, {0})"),
    ("trace the grader", "raised", "check(libc.ptrace(0x4206, GRADER, None, None))"),
    ("trace the parent", "raised", "check(libc.ptrace(0x4206, os.getppid(), None, None))"),
    ("be traced", "raised", "check(libc.ptrace(0, 0, None, None))"),
    ("read another's memory", "raised", "check(libc.process_vm_readv(os.getppid(), None, 0, None, 0, 0))"),
    ("take another's descriptor", "raised", "f = os.pidfd_open(os.getppid())\ncheck(libc.syscall(438, f, 0, 0))"),
    ("a user namespace", "raised", "check(libc.unshare(0x10000000))"),
    ("a network namespace", "raised", "check(libc.unshare(0x40000000))"),
    ("a namespace by clone", "raised", "check(libc.syscall(SYS['clone'], 0x10000000 | 17, None, None, None, None))"),
    ("a namespace by clone3", "raised", "check(libc.syscall(435, (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17), 88))"),
    ("enter a namespace", "raised", "check(libc.setns(0, 0))"),
    ("mount", "raised", "check(libc.mount(b'tmpfs', b'.', b'tmpfs', 0, None))"),
    ("unmount", "raised", "check(libc.umount2(b'/proc', 2))"),
    ("mount the new way", "raised", "check(libc.syscall(430, b'tmpfs', 0))"),
    ("another root", "raised", "os.chroot('.')"),
    ("be root", "raised", "os.setuid(0)"),
    ("be another group", "raised", "os.setgroups([0])"),
    ("io_uring", "raised", "check(libc.syscall(425, 4, ctypes.create_string_buffer(120)))"),
    ("bpf", "raised", "check(libc.syscall(SYS['bpf'], 0, ctypes.create_string_buffer(64), 64))"),
    ("perf", "raised", "check(libc.syscall(SYS['perf'], ctypes.create_string_buffer(112), 0, -1, -1, 0))"),
    ("userfaultfd", "raised", "check(libc.syscall(SYS['userfaultfd'], 1))"),
    ("memfd", "raised", "os.memfd_create('x')"),
    ("secret memory", "raised", "check(libc.syscall(447, 0))"),
    ("kernel keys", "raised", "check(libc.syscall(SYS['add_key'], b'user', b'a', b'b', 1, -3))"),
    ("shared memory", "raised", "check(libc.shmget(1, 4096, 0o1666))"),
    ("a message queue", "raised", "check(libc.msgget(1, 0o1666))"),
    ("a semaphore", "raised", "check(libc.semget(1, 1, 0o1666))"),
    ("a POSIX queue", "raised", "check(libc.syscall(SYS['mq_open'], b'x', 0o102, 0o600, None))"),
    ("a lock on a shared file", "raised", "import fcntl\nfcntl.flock(open(np.__file__), fcntl.LOCK_SH)"),
    ("a record lock on a shared file", "raised", "import fcntl\nfcntl.lockf(open(np.__file__), fcntl.LOCK_SH)"),
    ("32-bit system calls", "killed", "code = b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3'\nimport mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(code)\nctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()"),
    ("x32 system calls", "killed|raised", "check(libc.syscall(0x40000000 + 39))"),
    ("the clock", "raised", "time.clock_settime(0, 0)"),
    ("the name of the machine", "raised", "socket.sethostname('x')"),
    ("reboot", "raised", "check(libc.reboot(0))"),
    ("a module of the kernel", "raised", "check(libc.syscall(SYS['init_module'], b'', 0, b''))"),
    ("new privileges", "raised", "check(libc.prctl(38, 0, 0, 0, 0))"),
    ("limits raised", "raised", "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))"),
    ("core dumps", "raised", "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))"),
)

group(
    "floods: processes, threads, memory, disk, output",
    ("fork bomb", "timed out|killed|raised", "while True:\n    try: os.fork()\n    except OSError: pass"),
    ("a thousand threads", "raised", "import threading\nfor _ in range(1000): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"),
    ("ten gigabytes", "raised", "np.ones(10 << 27)"),
    ("ten gigabytes, page by page", "raised|killed|timed out", "keep = []\nwhile True: keep.append(bytearray(1 << 24))"),
    ("shared pages", "raised", "import mmap\nm = mmap.mmap(-1, 4 << 30)\nm[:] = b'x' * len(m)"),
    ("a string without end", "raised|timed out", "s = 'x'\nwhile True: s += s"),
    ("an int without end", "raised|timed out", "n = 3\nwhile True: n *= n"),
    ("a sparse file of a tebibyte", "raised", "os.truncate(os.open('big', os.O_RDWR | os.O_CREAT), 1 << 40)"),
    ("one file beyond the limit", "raised", "open('big', 'wb').write(bytes(17 << 20))"),
    ("many files beyond the limit", "raised|killed|timed out", "n = 0\nwhile True:\n    n += 1\n    open(f'big{n}', 'wb').write(bytes(1 << 20))"),
    ("a million empty files", "raised|killed|timed out", "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'w').close()"),
    ("folders a thousand deep", "raised|wrong|timed out|killed", "while True:\n    os.mkdir('d')\n    os.chdir('d')"),
    ("a folder that nobody may enter", "wrong|killed|raised", "os.mkdir('closed')\nos.mkdir('closed/in', 0)\nos.mkdir('shut', 0)\nreturn x"),
    ("file names that are not text", "wrong", "open(b'\\xff\\xfe\\n', 'w').close()\nreturn x"),
    ("a thousand open files", "raised", "keep = [open(np.__file__) for _ in range(1000)]"),
    ("thirty megabytes of output", "wrong|timed out", "for _ in range(3000): os.write(1, b'x' * 10000)\nreturn x"),
    ("output without end", "timed out", "while True: os.write(1, b'x' * 65536)"),
    ("output by print", "timed out", "while True: print('x' * 1000)"),
    ("forged marks of steps", "wrong", "os.write(1, b'\\0step\\0' * 10000)\nreturn x"),
    ("a million warnings", "wrong|timed out", "import warnings\nfor n in range(200000): warnings.warn(str(n))\nreturn x"),
    ("a warning of ten megabytes", "wrong", "import warnings\nwarnings.warn('x' * 10**7)\nreturn x"),
    ("a message of ten megabytes", "raised", "raise ValueError('x' * 10**7)"),
    ("a traceback a thousand deep", "raised", "def deep(n):\n    if n: deep(n - 1)\n    raise KeyError\ndeep(900)"),
    ("a regular expression without end", "timed out", "import re\nre.match('(a+)+$', 'a' * 40 + 'b')"),
    ("one matrix product without end", "timed out|raised|killed", "a = np.ones((4000, 4000))\nwhile True: a = a @ a"),
)

group(
    "daemons and blocked signals",
    ("a daemon", "timed out", "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: name_me()\nwhile True: time.sleep(1)"),
    ("a daemon that ignores all signals", "timed out", "if os.fork() == 0:\n    os.setsid()\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    name_me()\nwhile True: time.sleep(1)"),
    ("a daemon, and an answer", "wrong|unreadable|raised", "if os.fork() == 0:\n    os.setsid()\n    os.closerange(0, 100)\n    name_me()\nreturn x"),
    ("a daemon that forks for ever", "wrong|unreadable|raised|timed out", "if os.fork() == 0:\n    os.closerange(0, 100)\n    while True:\n        try:\n            if os.fork(): os._exit(0)\n        except OSError: pass\nreturn x"),
    ("stopped children", "wrong|unreadable", "for _ in range(4):\n    if os.fork() == 0:\n        os.closerange(0, 100)\n        os.kill(os.getpid(), 19)\n        name_me()\nreturn x"),
    ("signals blocked", "timed out", "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"),
    ("an alarm that raises in our code", "wrong|raised|killed|unreadable|timed out", "def ring(*a): raise SystemExit\nsignal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, .0005, .0005)\nreturn x", OWN),
    ("a thread that spins", "wrong|timed out|right", "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()\nreturn x", OWN),
    ("stopped by itself", "timed out", "os.kill(os.getpid(), signal.SIGSTOP)"),
    ("the net of the parent's death cut", "timed out", "libc.prctl(1, 0, 0, 0, 0)\nif os.fork() == 0: name_me()\nwhile True: time.sleep(1)"),
    ("a reaper of its own", "timed out", "libc.prctl(36, 1, 0, 0, 0)\nif os.fork() == 0:\n    if os.fork() == 0: name_me()\n    os._exit(0)\nwhile True: time.sleep(1)"),
    ("a vfork that never ends", "timed out|killed|wrong", "libc.syscall(SYS['clone'], 0x4000 | 17, None, None, None, None)\nwhile True: pass"),
)

group(
    "exit, abort, crash, recursion",
    ("exit 0", "killed", "os._exit(0)"),
    ("exit 70, as our own faults do", "killed", "os._exit(70)"),
    ("sys.exit", "raised", "sys.exit(0)"),
    ("quit", "raised", "import builtins\n(getattr(builtins, 'quit', None) or sys.exit)()"),
    ("SystemExit with an object", "raised", "raise SystemExit(object())"),
    ("keyboard interrupt", "raised", "raise KeyboardInterrupt"),
    ("generator exit", "raised", "raise GeneratorExit"),
    ("a bare BaseException", "raised", "raise BaseException"),
    ("an exception of its own with a lying __str__", "raised", "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E"),
    ("an exception whose text loops", "raised|timed out", "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E"),
    ("an exception whose text ends the process", "killed", "class E(Exception):\n    def __str__(self): os._exit(0)\nraise E"),
    ("a metaclass that lies about its name", "raised", "class M(type):\n    @property\n    def __name__(cls): raise KeyboardInterrupt\nclass E(Exception, metaclass=M): pass\nraise E"),
    ("an exception group", "raised", "raise ExceptionGroup('g' * 1000, [ValueError('v')] * 1000)"),
    ("a chain of causes that is a ring", "raised", "a, b = ValueError(1), ValueError(2)\na.__cause__, b.__cause__ = b, a\nraise a"),
    ("a result with a lying __repr__", "wrong", "class R:\n    def __repr__(self): os._exit(0)\nreturn R()"),
    ("a result whose __del__ ends the process", "wrong|killed|unreadable", "class R:\n    def __del__(self): os._exit(0)\nreturn R()", OWN),
    ("a traceback replaced", "raised", "e = ValueError('x')\nraise e.with_traceback(None)"),
    ("abort", "killed", "os.abort()"),
    ("segfault", "killed", "ctypes.string_at(0)"),
    ("illegal instruction", "killed", "os.kill(os.getpid(), signal.SIGILL)"),
    ("kill -9 itself", "killed", "os.kill(os.getpid(), 9)"),
    ("a bus error", "killed", "os.kill(os.getpid(), signal.SIGBUS)"),
    ("recursion", "raised", "return bad(x)"),
    ("recursion without a limit", "killed|raised|timed out", "sys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)"),
    ("recursion in C", "killed|raised|timed out", "class R:\n    def __repr__(self): return repr(self)\nsys.setrecursionlimit(10**9)\nrepr(R())"),
    ("all descriptors closed", "killed", "os.closerange(0, 1000)\nreturn x"),
    ("another program in its place", "killed", "os.execv('/usr/bin/env', ['env'])"),
    ("the interpreter ended from C", "killed", "libc.exit(0)"),
    ("fatal error", "killed", "ctypes.pythonapi.Py_FatalError(b'no')"),
    ("input", "raised", "input('?')"),
    ("input in a loop", "timed out", "while True:\n    try: input()\n    except EOFError: pass"),
    ("a debugger", "raised", "import pdb\npdb.set_trace()\ninput()"),
    ("a stop that is a fault", "killed|raised", "os.kill(os.getpid(), signal.SIGXCPU)\ntime.sleep(.2)\nraise OSError"),
    plain=True,
)

group(
    "import hooks and site files",
    ("sitecustomize for the next one", "raised", "import site\nopen(os.path.join(os.path.dirname(os.__file__), 'sitecustomize.py'), 'w')"),
    (".pth file for the next one", "raised", "open(os.path.join(os.path.dirname(np.__file__), '..', 'x.pth'), 'w')"),
    ("a meta path hook", "wrong", "class H:\n    def find_spec(self, n, *a): os._exit(0)\nsys.meta_path.insert(0, H())\nreturn x", OWN),
    ("a path hook", "wrong", "sys.path_hooks.insert(0, lambda p: 1/0)\nsys.path.insert(0, '.')\nreturn x"),
    ("numpy.py in its folder", "wrong", "open('numpy.py', 'w').write('raise SystemExit')\nsys.path.insert(0, '')\nreturn x"),
    ("byte code in a cache", "raised", "import json\nos.makedirs(os.path.join(os.path.dirname(json.__file__), '__pycache__x'))"),
    ("a shared library preloaded", "wrong|raised", "os.environ['LD_PRELOAD'] = 'x.so'\nreturn x"),
    ("/etc/ld.so.preload", "raised", "open('/etc/ld.so.preload', 'w')"),
    ("codec that runs code", "wrong", "import codecs\ncodecs.register(lambda n: os._exit(0))\nreturn x", OWN),
    ("an audit hook", "wrong|raised", "sys.addaudithook(lambda e, a: None)\nreturn x"),
    ("an audit hook that ends all", "wrong|killed|unreadable|raised|timed out", "def hook(e, a):\n    if e == 'open': os._exit(0)\nsys.addaudithook(hook)\nreturn x", OWN),
    ("at exit", "wrong", "import atexit\natexit.register(lambda: os.write(1, b'late'))\nreturn x"),
    ("fork hooks", "wrong", "os.register_at_fork(before=lambda: os._exit(0))\nreturn x"),
)

group(
    "at the top of the program",
    ("exit", "wrong|right", "return x", {"top": "import os\nos._exit(0)"}),
    ("endless loop", "wrong|right", "return x", {"top": "while True: pass"}),
    ("sys.exit", "wrong", "return x", {"top": "raise SystemExit"}),
    ("numpy replaced", "wrong|missing|raised|not reached|unreadable", "return x", {"top": "sys.modules['numpy'] = None", "alone": True}),
    ("the module of the program removed", "wrong|raised|missing|killed", "return x", {"top": "sys.modules.clear()", "alone": True}),
    ("a frame instead of the report", "wrong|not reached|missing|unreadable", "return x", {"top": "import os\nfor fd in range(3, 9):\n    try: os.write(fd, b'GRD1\\0\\0\\0\\x02{}')\n    except OSError: pass", "alone": True}),
    ("a report that says what is not so", "wrong|not reached|missing|unreadable", "return x", {"top": "from grader.wire import Loaded, encode_loaded\nimport os\nfor fd in range(3, 9):\n    try: os.write(fd, encode_loaded(Loaded(('good', 'bad', 'nothing'), ())))\n    except OSError: pass", "alone": True}),
    ("a shell", "wrong", "return x", {"top": "import subprocess\nsubprocess.run('cat /etc/passwd > /tmp/grader-was-here', shell=True)", "plain": False}),
    ("input", "wrong", "return x", {"top": "name = input('your name?')"}),
    ("magics of IPython", "wrong", "return x", {"top": "get_ipython().system('id')"}),
    ("a thread that never ends", "wrong|right|timed out", "return x", {"top": "import threading\nthreading.Thread(target=lambda: [1 for _ in iter(int, 1)], daemon=True).start()", "alone": True}),
    ("a name that is not there", "raised", "return nowhere(x)"),
    ("a class that raises when it is looked at", "wrong", "return x", {"top": "class M(type):\n    def __getattribute__(c, n): raise SystemExit\nclass bad2(metaclass=M): pass"}),
    plain=True,
)

group(
    "behaves only when watched",
    ("right where there is a terminal", "wrong", "return x + 1 if sys.stdin and os.isatty(0) else x"),
    ("right under a test", "wrong", "return x + 1 if 'PYTEST_CURRENT_TEST' in os.environ or 'pytest' in sys.modules else x"),
    ("right for a user called root", "wrong", "return x + 1 if os.getuid() == 0 else x"),
    ("right the first time only", "right|wrong", "bad.n = getattr(bad, 'n', 0) + 1\nreturn x + 1 if bad.n == 1 else x"),
    ("hostile where the clock says so", "timed out", "while time.time() > 0: pass"),
    ("right where nobody counts time", "wrong", "t = time.perf_counter()\nsys.settrace(None)\nreturn x + 1 if sys.gettrace() else x"),
    ("hostile only to a grader", "raised", "if 'grader.harness.runner' in sys.modules: open(CANARY)\nreturn x + 1"),
)
