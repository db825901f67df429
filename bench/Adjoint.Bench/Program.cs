using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Adjoint.Bench -- --filter '*Kernel*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
