; The setup for Windows: for one person, without administrator's rights, in Japanese and English.
; Compiled by windows_setup.py, which defines VERSION, FILES (the frozen folder), OUT, SIZE_KB, LICENCE and, where the
; compiler has it, AMD64 (a 64-bit starter; the usual one is 32-bit and runs everywhere, on ARM too).
;
;   setup.exe /S [/D=folder]          silent; exit status 0, or 3 when the app is running, 4 when Windows is too old
;   uninstall.exe /S [/REMOVEDATA]    silent; the notebook and the settings stay unless /REMOVEDATA is given

Unicode true
!ifdef AMD64
  Target amd64-unicode
!endif
ManifestSupportedOS all
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 64
SetDateSave off
!ifdef SIGN_UNINSTALLER
  !uninstfinalize '${SIGN_UNINSTALLER} "%1"'
!endif

!include MUI2.nsh
!include FileFunc.nsh
!include WinVer.nsh
!include LogicLib.nsh
!include nsDialogs.nsh

!define ID "MailFirstAid"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths\mail-first-aid.exe"
!define WINDOW "mail-first-aid-window.exe"

Name "$(name)"
BrandingText "Mail First Aid ${VERSION}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Mail First Aid"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"

!define MUI_ICON "mail-first-aid.ico"
!define MUI_UNICON "mail-first-aid.ico"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOW}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
UninstPage custom un.ask un.answered
!insertmacro MUI_UNPAGE_INSTFILES
; The first language is the one Windows falls back to; else setup follows the language of Windows.
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Japanese"

LangString name ${LANG_ENGLISH} "Mail First Aid"
LangString name ${LANG_JAPANESE} "メール救急箱"
LangString running ${LANG_ENGLISH} "Mail First Aid is open. Close its window, then press Retry.$\n$\nNothing has been changed so far."
LangString running ${LANG_JAPANESE} "メール救急箱が開いています。ウィンドウを閉じてから「再試行」を押します。$\n$\nここまでで変わったものはありません。"
LangString old ${LANG_ENGLISH} "Mail First Aid needs 64-bit Windows 10 or newer. Nothing has been changed."
LangString old ${LANG_JAPANESE} "メール救急箱には、64ビット版のWindows 10以降が必要です。変わったものはありません。"
LangString data_title ${LANG_ENGLISH} "Your notebook"
LangString data_title ${LANG_JAPANESE} "記録の扱い"
LangString data_text ${LANG_ENGLISH} "Earlier results lie in the notebook on this computer. They stay, and are found again when you install the app again."
LangString data_text ${LANG_JAPANESE} "これまでに調べた結果は、このパソコンの記録に残っています。このまま残すと、また入れたときに読めます。"
LangString data_choice ${LANG_ENGLISH} "Remove the notebook and the settings too (they cannot be brought back)"
LangString data_choice ${LANG_JAPANESE} "記録と設定も消す（元に戻せません）"

VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
!macro about language title
  VIAddVersionKey /LANG=${language} "ProductName" "${title}"
  VIAddVersionKey /LANG=${language} "FileDescription" "${title} setup"
  VIAddVersionKey /LANG=${language} "CompanyName" "Mail First Aid contributors"
  VIAddVersionKey /LANG=${language} "LegalCopyright" "Copyright Mail First Aid contributors. Apache-2.0."
  VIAddVersionKey /LANG=${language} "FileVersion" "${VERSION}"
  VIAddVersionKey /LANG=${language} "ProductVersion" "${VERSION}"
!macroend
!insertmacro about ${LANG_ENGLISH} "Mail First Aid"
!insertmacro about ${LANG_JAPANESE} "メール救急箱"

Var remove_data
Var tick

; An open program cannot be written to. Asks until it is closed; silent: gives up with 3.
!macro wait_until_closed un
Function ${un}wait_until_closed
  again:
  IfFileExists "$INSTDIR\${WINDOW}" 0 done
  ClearErrors
  FileOpen $0 "$INSTDIR\${WINDOW}" a
  IfErrors busy
  FileClose $0
  Goto done
  busy:
  IfSilent 0 ask
  SetErrorLevel 3
  Quit
  ask:
  MessageBox MB_RETRYCANCEL|MB_ICONINFORMATION "$(running)" IDRETRY again
  Quit
  done:
FunctionEnd
!macroend
!insertmacro wait_until_closed ""
!insertmacro wait_until_closed "un."

; Only what setup laid there; the folder itself goes when nothing else is in it.
!macro remove_program
  Delete "$INSTDIR\mail-first-aid.exe"
  Delete "$INSTDIR\${WINDOW}"
  RMDir /r "$INSTDIR\_internal"
!macroend

Function .onInit
  ${IfNot} ${AtLeastWin10}
    Goto too_old
  ${EndIf}
  ReadEnvStr $0 PROCESSOR_ARCHITECTURE
  ReadEnvStr $1 PROCESSOR_ARCHITEW6432
  ${If} $0 == "x86"
  ${AndIf} $1 == ""
    Goto too_old
  ${EndIf}
  Return
  too_old:
  MessageBox MB_ICONSTOP "$(old)" /SD IDOK
  SetErrorLevel 4
  Quit
FunctionEnd

Section "program"
  Call wait_until_closed
  ; An upgrade leaves nothing of the version before. Only where that version is, never in a folder of another kind.
  IfFileExists "$INSTDIR\mail-first-aid.exe" 0 fresh
  !insertmacro remove_program
  fresh:
  SetOutPath "$INSTDIR"
  ClearErrors
  File /r "${FILES}/*"
  IfErrors 0 +3
    SetErrorLevel 5
    Abort
  WriteUninstaller "$INSTDIR\uninstall.exe"

  ; The other language's entry goes, so that there is never a second one.
  Delete "$SMPROGRAMS\Mail First Aid.lnk"
  Delete "$SMPROGRAMS\メール救急箱.lnk"
  CreateShortcut "$SMPROGRAMS\$(name).lnk" "$INSTDIR\${WINDOW}"

  WriteRegStr HKCU "${KEY}" "DisplayName" "$(name)"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "Publisher" "Mail First Aid contributors"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\${WINDOW}"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  WriteRegStr HKCU "${PATHS}" "" "$INSTDIR\mail-first-aid.exe"
SectionEnd

Function un.onInit
  StrCpy $remove_data 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/REMOVEDATA" $1
  IfErrors +2
    StrCpy $remove_data 1
FunctionEnd

Function un.ask
  !insertmacro MUI_HEADER_TEXT "$(data_title)" "$(name)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 30u "$(data_text)"
  Pop $0
  ${NSD_CreateCheckbox} 0 40u 100% 12u "$(data_choice)"
  Pop $tick
  nsDialogs::Show
FunctionEnd

Function un.answered
  ${NSD_GetState} $tick $0
  ${If} $0 == ${BST_CHECKED}
    StrCpy $remove_data 1
  ${EndIf}
FunctionEnd

Section "Uninstall"
  Call un.wait_until_closed
  !insertmacro remove_program
  Delete "$INSTDIR\uninstall.exe"
  SetOutPath "$TEMP"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Mail First Aid.lnk"
  Delete "$SMPROGRAMS\メール救急箱.lnk"
  DeleteRegKey HKCU "${KEY}"
  DeleteRegKey HKCU "${PATHS}"
  ${If} $remove_data == 1
    RMDir /r "$LOCALAPPDATA\mail-first-aid"
    RMDir /r "$APPDATA\mail-first-aid"
  ${EndIf}
SectionEnd
