using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Cli.Runs;

/// <summary>What a result was computed on.</summary>
internal static class Machine
{
    const string LinuxFacts = "/proc/cpuinfo";

    public static string Version { get; } = typeof(Tensor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static string Processor { get; } = ModelName() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture}";

    /// <summary>The widest registers that kernels use here.</summary>
    public static int VectorBits { get; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;

    /// <summary>The most memory that this process has had in use, in bytes.</summary>
    public static long PeakMemory
    {
        get
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    static string? ModelName()
    {
        if (!File.Exists(LinuxFacts)) return null;
        string? line = File.ReadLines(LinuxFacts).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
