using System.Globalization;
using Adjoint.Bench.Peers;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Adjoint.Bench -- peers --only mlp
// dotnet run -c Release --project bench/Adjoint.Bench -- --filter '*Kernel*'
switch (args.FirstOrDefault())
{
    case "peers":
        return await PeersCommand.Make().Parse(args[1..]).InvokeAsync();
    case "peers-child":
        Adjoint.Cpu.Threads = int.Parse(args[2], CultureInfo.InvariantCulture);
        Run.Child(args[1], Workloads.Start, double.Parse(args[3], CultureInfo.InvariantCulture));
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
