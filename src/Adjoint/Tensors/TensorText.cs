using System.Globalization;
using System.Text;

namespace Adjoint;

/// <summary>Writes a tensor's values for people: aligned, in nested brackets, shortened in the middle.</summary>
/// <remarks>
/// All numbers of a tensor have one format: whole numbers without a point, else four decimals, and scientific only where
/// four decimals would hide a number (below 0.0001) or drown it in digits (from 1e8).
/// </remarks>
internal sealed class TensorText
{
    const long MostElements = 1000;
    const int Edge = 3;
    const int LineWidth = 100;
    const char Gap = '…';

    readonly Tensor _tensor;
    readonly bool _shortened;
    readonly string _format;
    readonly int _width;
    readonly StringBuilder _text = new();

    public TensorText(Tensor tensor)
    {
        _tensor = tensor;
        _shortened = tensor.Elements > MostElements;
        _format = "0";
        if (tensor.Elements == 0) return;
        if (tensor.DType.IsFloat) _format = FormatOf([.. Offsets(0, 0).Select(o => tensor.ElementAt(o).Number).Where(double.IsFinite)]);
        _width = Offsets(0, 0).Max(o => Word(o).Length);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (_tensor.Elements == 0) return "[]";
        Write(0, 0);
        return _text.ToString();
    }

    static string FormatOf(double[] finite)
    {
        double most = finite.Select(Math.Abs).DefaultIfEmpty().Max();
        double least = finite.Where(v => v != 0).Select(Math.Abs).DefaultIfEmpty(1).Min();
        if (most >= 1e8 || least < 1e-4) return "0.0000e+00";
        return finite.All(v => v == Math.Truncate(v)) ? "0" : "0.0000";
    }

    string Word(long offset)
    {
        (double number, long integer) = _tensor.ElementAt(offset);
        if (_tensor.DType == DType.Bool) return integer != 0 ? "true" : "false";
        if (!_tensor.DType.IsFloat) return integer.ToString(CultureInfo.InvariantCulture);
        if (double.IsNaN(number)) return "NaN";
        if (double.IsInfinity(number)) return number > 0 ? "∞" : "-∞";
        return number.ToString(_format, CultureInfo.InvariantCulture);
    }

    /// <summary>The positions of an axis that are shown; −1 stands for those left out.</summary>
    IEnumerable<long> Shown(int axis)
    {
        long size = _tensor.Shape[axis];
        bool shorten = _shortened && size > 2 * Edge;
        for (long i = 0; i < (shorten ? Edge : size); i++) yield return i;
        if (!shorten) yield break;
        yield return -1;
        for (long i = size - Edge; i < size; i++) yield return i;
    }

    IEnumerable<long> Offsets(int axis, long offset) => axis == _tensor.Rank
        ? [offset]
        : Shown(axis).Where(i => i >= 0).SelectMany(i => Offsets(axis + 1, offset + (i * _tensor.Strides[axis])));

    void Write(int axis, long offset)
    {
        if (axis == _tensor.Rank)
        {
            _text.Append(Word(offset).PadLeft(axis == 0 ? 0 : _width));
            return;
        }

        bool last = axis == _tensor.Rank - 1;
        // Rows are set one below the other, matrices with a line between them.
        string between = last ? ", " : "," + new string('\n', _tensor.Rank - 1 - axis) + new string(' ', axis + 1);
        int column = axis + 1, start = column;
        bool first = true;
        _text.Append('[');
        foreach (long i in Shown(axis))
        {
            int width = i < 0 ? 1 : _width;
            if (!first)
            {
                bool wrap = last && column + 2 + width + 1 > LineWidth;
                _text.Append(wrap ? ",\n" + new string(' ', start) : between);
                column = wrap ? start : column + 2;
            }

            if (i < 0) _text.Append(Gap);
            else Write(axis + 1, offset + (i * _tensor.Strides[axis]));
            column += width;
            first = false;
        }

        _text.Append(']');
    }
}
