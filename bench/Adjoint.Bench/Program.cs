using System.CommandLine;
using Adjoint.Bench.Peers;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Adjoint.Bench -- peers --only mlp
// dotnet run -c Release --project bench/Adjoint.Bench -- --filter '*Kernel*'
if (args is not ["peers", ..])
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}

try
{
    return await new RootCommand("Benchmarks of Adjoint.") { PeersCommand.Make() }.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is InvalidOperationException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
