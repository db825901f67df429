namespace Adjoint.Tests.Kernels;

/// <summary>What a call allocates on the managed heap once everything it keeps is there.</summary>
internal static class Allocations
{
    /// <summary>The least of several calls. A thread makes its own workspace with the first chunk that it runs itself, and in which call that is is up to the other threads.</summary>
    public static long Of(Action call)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - start);
        }

        return least;
    }
}
