using System.Globalization;
using Adjoint.Bench.Peers;
using Adjoint.Bench.TorchSharp;
using TorchSharp;

// Started by `peers`: NAME THREADS SECONDS [STEPS]; prints one line of JSON.
OlderLinux.Prepare();
Measure();

// Apart, so that nothing of TorchSharp is touched before its native files can be found.
void Measure()
{
    torch.set_num_threads(int.Parse(args[1], CultureInfo.InvariantCulture));
    Run.Child(args, Workloads.Start);
}
