using System.Globalization;
using Adjoint.Bench.Own;
using Adjoint.Bench.Peers;

// Started by `peers`: NAME THREADS SECONDS; prints one line of JSON.
Adjoint.Cpu.Threads = int.Parse(args[1], CultureInfo.InvariantCulture);
Run.Child(args[0], Workloads.Start, double.Parse(args[2], CultureInfo.InvariantCulture));
