"""streams.py URL KEY ORGANIZATION STREAMS WRITES [PROCESS]: opens live streams, writes, and tells how late the last
stream has each event: milliseconds from the end of the write's answer; 0 where the event was there before. With the
id of the service's process, its memory while all are open."""
import http.client
import json
import selectors
import socket
import sys
import threading
import time
import urllib.parse

url, key, organization, streams, writes = sys.argv[1:6]
address = urllib.parse.urlsplit(url)
selector = selectors.DefaultSelector()
lines = (f"GET /v1/events/stream?organization_id={organization} HTTP/1.1\r\nHost: {address.netloc}\r\n"
         f"Authorization: Bearer {key}\r\n\r\n")
opened = []
for _ in range(int(streams)):
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall(lines.encode())
    opened.append(connection)
for connection in opened:
    text = b""
    while b":\n\n" not in text:
        text += connection.recv(4096)
    connection.setblocking(False)
    selector.register(connection, selectors.EVENT_READ)

answered, seen, counts = {}, {}, [0]


def read():
    rests = {}
    while len(seen) < int(writes) or counts[0] < int(writes) * len(opened):
        for ready, _ in selector.select(timeout=5):
            at = time.perf_counter()
            data = ready.fileobj.recv(1 << 16)
            if not data:
                sys.exit("a stream has ended")
            counts[0] += data.count(b"event: ")
            if ready.fileobj is opened[-1]:
                *events, rests[0] = (rests.get(0, b"") + data).split(b"\n\n")
                for event in events:
                    for line in event.split(b"\n"):
                        if line.startswith(b"data: "):
                            seen[json.loads(line[6:])["request_id"]] = at


reader = threading.Thread(target=read)
reader.start()
writer = http.client.HTTPConnection(address.hostname, address.port)
headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
for n in range(int(writes)):
    name = f"write-{n}"
    writer.request("PATCH", f"/v1/orgs/{organization}", json.dumps({"name": f"Name {n}"}), headers | {"X-Request-Id": name})
    answer = writer.getresponse()
    answer.read()
    answered[name] = time.perf_counter()
    if answer.status != 200:
        sys.exit(f"a write is answered {answer.status}")
    time.sleep(0.02)
reader.join(60)
late = sorted(max(0.0, (seen[name] - at) * 1000) for name, at in answered.items())
print(f"{len(opened)} streams: p50 {late[len(late) // 2]:.1f} ms, p99 {late[len(late) * 99 // 100]:.1f} ms, "
      f"worst {late[-1]:.1f} ms; {counts[0]} events arrived of {int(writes) * len(opened)}")
if len(sys.argv) > 6:
    with open(f"/proc/{sys.argv[6]}/status") as status:
        memory = next(line for line in status if line.startswith("VmRSS"))
    print(f"memory with {len(opened)} streams: {int(memory.split()[1]) // 1024} MB")
