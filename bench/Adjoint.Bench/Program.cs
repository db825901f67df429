using System.CommandLine;
using Adjoint.Bench;
using Adjoint.Bench.Peers;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Adjoint.Bench -- peers --only mlp
// dotnet run -c Release --project bench/Adjoint.Bench -- cores
// dotnet run -c Release --project bench/Adjoint.Bench -- --filter '*Kernel*'
if (args is not ["peers" or "cores", ..])
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}

try
{
    return await new RootCommand("Benchmarks of Adjoint.") { PeersCommand.Make(), CoresCommand.Make() }.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is InvalidOperationException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
