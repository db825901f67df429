using System.Globalization;
using Adjoint.Bench.Own;
using Adjoint.Bench.Peers;

// Started by `peers`: NAME THREADS SECONDS [STEPS]; prints one line of JSON.
Adjoint.Cpu.Threads = int.Parse(args[1], CultureInfo.InvariantCulture);
Run.Child(args, Workloads.Start);
