namespace Adjoint.Kernels;

/// <summary>When results are written past the caches, straight to memory.</summary>
/// <remarks>
/// A store into a cache first reads the line that it overwrites, and drives out another. Where an operation touches more than
/// the last cache holds, its results are gone from there before somebody reads them: nothing is lost by not putting them
/// there, and a quarter to a third of the traffic is saved. Measured in docs/decisions/008-gelu.md.
/// </remarks>
internal static unsafe class PastCaches
{
    /// <summary>About what one program gets of the last cache of today's processors.</summary>
    const long LastCache = 32L << 20;

    const long Line = 64;

    /// <summary>
    /// Whether to, for a result at <paramref name="target"/> whose rows have <paramref name="rowBytes"/>, of an operation that
    /// touches <paramref name="bytes"/> in all. Rows must begin where lines do: the stores need that.
    /// </summary>
    public static bool Suits(void* target, long rowBytes, long bytes) => bytes >= LastCache && (((long)target | rowBytes) & (Line - 1)) == 0;

    /// <summary>Such stores are not ordered with those that follow: after the last of a chunk, before anybody is told.</summary>
    public static void Arrive() => Interlocked.MemoryBarrier();
}
