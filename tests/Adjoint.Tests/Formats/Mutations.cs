using Xunit;

namespace Adjoint.Tests.Formats;

/// <summary>Damages a valid file in every simple way: bytes changed, cut off, inserted, repeated.</summary>
public static class Mutations
{
    /// <summary>Reads each mutation: the reader must refuse it with one sentence, or return what <paramref name="check"/> accepts, within bounded memory.</summary>
    public static void Each(byte[] valid, int count, string operation, Action<byte[]> check)
    {
        var random = new Generator(7);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = Damage(valid, random);
            long before = GC.GetAllocatedBytesForCurrentThread(), live = TensorMemory.LiveBytes;
            TensorMemory.ResetPeak();
            try
            {
                using Scope scope = Scope.Begin("mutation");
                check(damaged);
            }
            catch (FormatException e)
            {
                refused++;
                Assert.StartsWith($"{operation}: ", e.Message, StringComparison.Ordinal);
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
            Assert.True(TensorMemory.PeakBytes - live <= 1 << 20);
        }

        Assert.InRange(refused, count / 20, count);
    }

    static byte[] Damage(byte[] valid, Generator random)
    {
        List<byte> bytes = [.. valid];
        for (long changes = 1 + random.NextInteger(3); changes > 0; changes--)
        {
            int at = (int)random.NextInteger(Math.Max(bytes.Count, 1));
            switch (random.NextInteger(5))
            {
                case 0: bytes[at] = (byte)random.NextInteger(256); break;
                case 1: bytes[at] ^= (byte)(1 << (int)random.NextInteger(8)); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.Insert(at, (byte)random.NextInteger(256)); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(16, bytes.Count - at))); break;
            }

            if (bytes.Count == 0) return [];
        }

        return [.. bytes];
    }
}
