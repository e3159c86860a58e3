using System.Data.Common;

namespace Flink.Resources.Storage;

/// <summary>The little that a statement needs: text, parameters, rows.</summary>
internal static class SqlExtensions
{
    /// <summary>A statement of a transaction.</summary>
    public static DbCommand Command(this DbTransaction transaction, string text)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // All texts are constants of this folder, with names that options validated.
        command.CommandText = text;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>Sets a parameter, once or again.</summary>
    public static DbCommand With(this DbCommand command, string name, object? value)
    {
        if (command.Parameters.Contains(name))
        {
            command.Parameters[name].Value = value ?? DBNull.Value;
            return command;
        }
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>A text that may be null.</summary>
    public static string? Text(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
