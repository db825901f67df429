using System.Runtime.InteropServices;
using Adjoint.Cli;

bool isTerminated = false;
// The first Ctrl-C (or termination request) ends the work between two steps; the second one ends the process at once.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
int code = await Tool.RunAsync(args, Console.Out, Console.Error, stop.Token);
return code == Tool.Interrupted && isTerminated ? Tool.Terminated : code;

void Stop(PosixSignalContext signal)
{
    if (signal.Signal == PosixSignal.SIGINT && Interruption.Take())
    {
        signal.Cancel = true;
        return;
    }

    isTerminated |= signal.Signal == PosixSignal.SIGTERM;
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
