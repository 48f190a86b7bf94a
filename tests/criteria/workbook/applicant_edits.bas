' The ten things that applicants do to a workbook, each on a fresh copy of in.xlsx, saved under the name of the edit.
Option Explicit

Const TABLE = "评价数据表"
Const FIRST = 4   ' zero-based row of the first figure
Const YEARS = 3   ' zero-based column of the newest year

Sub Run(folder As String)
    Dim edit
    For Each edit In Array("none", "round_trip", "row_inserted", "column_inserted", "sorted", "row_deleted", "block_moved", "sheet_renamed", "sheet_copied", "values_pasted")
        Perform folder, CStr(edit)
    Next edit
    StarDesktop.terminate()
End Sub

Sub Perform(folder As String, edit As String)
    Dim document, target, sheet
    document = Opened(folder & "/in.xlsx")
    For Each sheet In document.Sheets
        sheet.unprotect("")
    Next sheet
    sheet = document.Sheets.getByName(TABLE)
    target = document
    Select Case edit
        Case "round_trip"
            Save document, folder & "/once.xlsx"
            document.close(True)
            document = Opened(folder & "/once.xlsx")
            target = document
        Case "row_inserted"
            sheet.Rows.insertByIndex(FIRST + 10, 2)
        Case "column_inserted"
            sheet.Columns.insertByIndex(YEARS + 1, 1)
        Case "sorted"
            SortByLabel sheet
        Case "row_deleted"
            sheet.Rows.removeByIndex(FIRST + 5, 1)
        Case "block_moved"
            sheet.moveRange(At(sheet, YEARS + 6, FIRST + 70).CellAddress, sheet.getCellRangeByPosition(YEARS, FIRST + 5, YEARS + 2, FIRST + 11).RangeAddress)
        Case "sheet_renamed"
            sheet.Name = "数据 (2)"
        Case "sheet_copied"
            target = Fresh()
            target.Sheets.importSheet(document, TABLE, 0)
            target.Sheets.removeByName(target.Sheets.getByIndex(1).Name)
        Case "values_pasted"
            target = Fresh()
            PasteValues sheet, target.Sheets.getByIndex(0)
    End Select
    Save target, folder & "/" & edit & ".xlsx"
    If Not EqualUnoObjects(target, document) Then document.close(True)
    target.close(True)
End Sub

Function At(sheet, column As Long, row As Long)
    At = sheet.getCellByPosition(column, row)
End Function

Function LastRow(sheet) As Long
    Dim cursor
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    LastRow = cursor.RangeAddress.EndRow
End Function

Sub SortByLabel(sheet)
    Dim field(0) As New com.sun.star.table.TableSortField
    Dim order(1) As New com.sun.star.beans.PropertyValue
    field(0).Field = 1
    field(0).IsAscending = True
    order(0).Name = "SortFields"
    order(0).Value = field()
    order(1).Name = "ContainsHeader"
    order(1).Value = False
    sheet.getCellRangeByPosition(0, FIRST, YEARS + 3, LastRow(sheet)).sort(order())
End Sub

Sub PasteValues(source, target)
    Dim row As Long, column As Long, cell
    For row = 0 To LastRow(source)
        For column = 0 To YEARS + 3
            cell = At(source, column, row)
            If cell.Type = com.sun.star.table.CellContentType.VALUE Then
                At(target, column, row).Value = cell.Value
            ElseIf cell.Type = com.sun.star.table.CellContentType.TEXT Then
                At(target, column, row).String = cell.String
            End If
        Next column
    Next row
End Sub

Function Opened(path As String)
    Opened = StarDesktop.loadComponentFromURL(ConvertToURL(path), "_blank", 0, Hidden())
End Function

Function Fresh()
    Fresh = StarDesktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, Hidden())
End Function

Function Hidden()
    Dim how(0) As New com.sun.star.beans.PropertyValue
    how(0).Name = "Hidden"
    how(0).Value = True
    Hidden = how()
End Function

Sub Save(document, path As String)
    Dim how(0) As New com.sun.star.beans.PropertyValue
    how(0).Name = "FilterName"
    how(0).Value = "Calc MS Excel 2007 XML"
    document.storeToURL(ConvertToURL(path), how())
End Sub
